-- Puts absolute scores onto a board. An entry that is known in the same or a newer version stays as it is, so that
-- repeating and reordering do no harm. While a rebuild runs, the generation being built gets the same scores.
--
-- KEYS  1 meta  2 scores  3 entries  4 next scores  5 next entries
-- ARGV  1 id of the event that brought them; then four a customer: id, version, sorted-set score, member prefix.
--       An empty score takes the customer off the board; the entry stays for its version.
-- Reply {OK, board version, entries changed}, or {MISSING} when the board is not in Redis: nothing was written.

local meta = redis.call('HMGET', KEYS[1], 'live', 'version', 'building')
if not meta[2] then
  return { 'MISSING' }
end

local function apply(scores, entries)
  local changed, grown = 0, 0
  for i = 2, #ARGV, 4 do
    local customer, version, score, prefix = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
    local known = redis.call('HGET', entries, customer)
    local knownVersion, knownScore, knownPrefix
    if known then
      knownVersion, knownScore, knownPrefix = string.match(known, '^(%d+):([^:]*):(%d+)$')
    end
    if not knownVersion or tonumber(knownVersion) < tonumber(version) then
      local stood = knownScore and knownScore ~= ''
      if stood and (score == '' or knownPrefix ~= prefix) then
        redis.call('ZREM', scores, knownPrefix .. ':' .. customer)
      end
      if score ~= '' then
        redis.call('ZADD', scores, score, prefix .. ':' .. customer)
      end
      redis.call('HSET', entries, customer, version .. ':' .. score .. ':' .. prefix)
      grown = grown + (score ~= '' and 1 or 0) - (stood and 1 or 0)
      changed = changed + 1
    end
  end
  return changed, grown
end

if meta[3] then
  local _, grown = apply(KEYS[4], KEYS[5])
  redis.call('HINCRBY', KEYS[1], 'nextSize', grown)
end
if meta[1] ~= '1' then
  return { 'OK', meta[2], 0 }
end

local changed, grown = apply(KEYS[2], KEYS[3])
if changed == 0 then
  return { 'OK', meta[2], 0 }
end
-- Versions are microseconds, pushed on by one where the clock has not: they grow even after everything was deleted.
local time = redis.call('TIME')
local version = math.max(tonumber(meta[2]) + 1, tonumber(time[1]) * 1000000 + tonumber(time[2]))
redis.call('HSET', KEYS[1], 'version', string.format('%.0f', version), 'source', ARGV[1])
redis.call('HINCRBY', KEYS[1], 'size', grown)
return { 'OK', string.format('%.0f', version), changed }
