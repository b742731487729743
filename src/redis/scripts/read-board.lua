-- Reads any number of windows of one board at one moment.
--
-- KEYS  as for apply-scores; those of the generation being built are not looked at
-- ARGV  1 tie rule  2 whether the board has parts (1 or 0); then five a window:
--         PAGE, offset, count, = and a part or @ and a customer whose part is meant
--         AROUND, customer, radius, whether one who is not listed has a window as well (1 or 0)
--         PLACE, customer, 0, 0
--         and the mark of the rows that the caller has; - for none so far; empty where no mark is wanted
-- Reply {LIVE, version, size, marks, window...}, where a window is {size of its part, offset, rank of its first row, whether
--       that row is one that is not listed (1 or 0), member, score, member, score...} or {size of its part} when nothing is
--       there, or nothing but what the caller has, as the mark says; {REBUILDING} while the first copy is built; {MISSING} when there is none, or when its parts do not fit
--       together (Redis may evict a single key).
--
-- Cost: O(log N + rows) a window, O(log² N + rows) where a sub-score decides ties or the customer is not listed. Only the
-- first row's rank is looked for, the caller finds the others by walking.

local meta = redis.call('HMGET', KEYS[1], 'live', 'version', 'size', 'building')
if meta[1] ~= '1' then
  return { meta[4] and 'REBUILDING' or 'MISSING' }
end
local size = tonumber(meta[3])
local rule, hasParts = ARGV[1], ARGV[2] == '1'
local held = hasParts and redis.call('EXISTS', live.parts) or (redis.call('ZCARD', live.scores) == size and 1 or 0)
if (size > 0 or not hasParts) and held == 0 or (size > 0 and redis.call('EXISTS', live.entries) == 0) then
  return { 'MISSING' }
end
local torn = false

local function sizeOf(part)
  local count = redis.call('ZCARD', partKey(live.scores, part))
  if part ~= '' and count ~= tonumber(redis.call('HGET', live.parts, part) or '0') then
    torn = true
  end
  return count
end

-- The rank of whoever stands, or would stand, at an index with this score.
local function rankAt(part, index, score, prefix)
  if rule == 'FIRST_TO_REACH' or index == 0 then
    return index + 1
  end
  if rule == 'DENSE' then
    local levels = partKey(live.levels, part)
    return 1 + lowerBound(levels, score, levelOf(score, prefix))
  end
  local sub = subOf(prefix)
  if sub then
    return 1 + lowerBound(partKey(live.scores, part), score, sub)
  end
  return 1 + redis.call('ZCOUNT', partKey(live.scores, part), '-inf', '(' .. score)
end

local function page(part, offset, count)
  local window = { sizeOf(part) }
  if count < 1 then
    return window
  end
  local rows = redis.call('ZRANGE', partKey(live.scores, part), offset, offset + count - 1, 'WITHSCORES')
  if #rows == 0 then
    return window
  end
  window[2], window[3], window[4] = offset, rankAt(part, offset, rows[2], string.match(rows[1], '^[^:]+')), 0
  for i = 1, #rows do
    window[i + 4] = rows[i]
  end
  return window
end

-- Score, prefix, part and index of a customer, and whether it is listed; nil for one who has no place at all.
local function find(customer)
  local entry = redis.call('HGET', live.entries, customer)
  if not entry then
    return nil
  end
  local _, score, prefix, place = parse(entry)
  local kind, part = string.sub(place, 1, 1), string.sub(place, 2)
  if score == '' or kind == 'x' then
    return nil
  end
  local member = prefix .. ':' .. customer
  local index = kind == '+' and redis.call('ZRANK', partKey(live.scores, part), member)
    or kind == '-' and lowerBound(partKey(live.scores, part), score, member)
  if not index then
    torn = true
    return nil
  end
  return score, prefix, part, index, kind == '+'
end

local function around(customer, radius, unlistedToo)
  local score, _, part, index, listed = find(customer)
  if not score or not (listed or unlistedToo) then
    return { 0 }
  end
  local count = 2 * radius + 1
  return page(part, math.max(0, math.min(index - radius, sizeOf(part) - count)), count)
end

local function place(customer)
  local score, prefix, part, index, listed = find(customer)
  if not score then
    return { 0 }
  end
  return { sizeOf(part), index, rankAt(part, index, score, prefix), listed and 0 or 1, prefix .. ':' .. customer, score }
end

local function partNamed(name)
  if string.sub(name, 1, 1) == '=' then
    return string.sub(name, 2)
  end
  local entry = redis.call('HGET', live.entries, string.sub(name, 2))
  local _, _, _, stands = parse(entry or '0::0:x')
  return string.sub(stands, 1, 1) ~= 'x' and string.sub(stands, 2) or nil
end

local marks = {}
local reply = { 'LIVE', meta[2], size, marks }
for i = 3, #ARGV, 5 do
  local window
  if ARGV[i] == 'PAGE' then
    local part = partNamed(ARGV[i + 3])
    window = part and page(part, tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2])) or { 0 }
  elseif ARGV[i] == 'AROUND' then
    window = around(ARGV[i + 1], tonumber(ARGV[i + 2]), ARGV[i + 3] == '1')
  else
    window = place(ARGV[i + 1])
  end
  local known = ARGV[i + 4]
  local mark = known ~= '' and redis.sha1hex(table.concat(window, ' ', 2)) or ''
  marks[#marks + 1] = mark
  reply[#reply + 1] = mark ~= '' and mark == known and { window[1] } or window
end
return torn and { 'MISSING' } or reply
