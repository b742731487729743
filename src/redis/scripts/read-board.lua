-- Reads any number of windows of one board at one moment.
--
-- KEYS  1 meta  2 scores  3 entries
-- ARGV  three a window: PAGE, offset, count  or  AROUND, customer id, radius
-- Reply {LIVE, version, size, window...}, where a window is {offset, rank of its first row, member, score, member, score...}
--       or {} when nothing is there; {REBUILDING} while the first copy is built; {MISSING} when there is none, or when its
--       parts do not fit together (Redis may evict a single key).
--
-- Cost: O(log N + rows) a window. Only the first row's rank is counted, the caller finds the others by walking.

local meta = redis.call('HMGET', KEYS[1], 'live', 'version', 'size', 'building')
if meta[1] ~= '1' then
  return { meta[4] and 'REBUILDING' or 'MISSING' }
end
local size = tonumber(meta[3])
if redis.call('ZCARD', KEYS[2]) ~= size or (size > 0 and redis.call('EXISTS', KEYS[3]) == 0) then
  return { 'MISSING' }
end

local function page(offset, count)
  if count < 1 then
    return {}
  end
  local rows = redis.call('ZRANGE', KEYS[2], offset, offset + count - 1, 'WITHSCORES')
  if #rows == 0 then
    return {}
  end
  local rank = 1
  if offset > 0 then
    rank = 1 + redis.call('ZCOUNT', KEYS[2], '-inf', '(' .. rows[2])
  end
  local window = { offset, rank }
  for i = 1, #rows do
    window[i + 2] = rows[i]
  end
  return window
end

local function around(customer, radius)
  local entry = redis.call('HGET', KEYS[3], customer)
  local prefix = entry and string.match(entry, '^%d+:[^:]+:(%d+)$')
  if not prefix then
    return {}
  end
  local index = redis.call('ZRANK', KEYS[2], prefix .. ':' .. customer)
  local count = 2 * radius + 1
  return page(math.max(0, math.min(index - radius, size - count)), count)
end

local reply = { 'LIVE', meta[2], size }
for i = 1, #ARGV, 3 do
  if ARGV[i] == 'PAGE' then
    reply[#reply + 1] = page(tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2]))
  else
    reply[#reply + 1] = around(ARGV[i + 1], tonumber(ARGV[i + 2]))
  end
end
return reply
