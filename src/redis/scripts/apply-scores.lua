-- Puts absolute scores onto a board. An entry that is known in the same or a newer version stays as it is, so that
-- repeating and reordering do no harm. While a rebuild runs, the generation being built gets the same scores.
--
-- KEYS  1 meta  2 to 5 scores, entries, parts, levels  6 to 9 the same of the generation being built
-- ARGV  1 id of the event that brought them  2 whether ranks are dense (1 or 0); then five a customer: id, version,
--       sorted-set score, member prefix, place. An empty score takes the customer off the board; the entry stays for its
--       version.
-- Reply {OK, board version, entries changed}, or {MISSING} when the board is not in Redis: nothing was written.

local meta = redis.call('HMGET', KEYS[1], 'live', 'version', 'building')
if not meta[2] then
  return { 'MISSING' }
end

local function apply(to)
  local changed, grown = 0, 0
  for i = 3, #ARGV, 5 do
    local isNew, by = put(to, ARGV[2] == '1', ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], ARGV[i + 4])
    grown = grown + by
    changed = changed + (isNew and 1 or 0)
  end
  return changed, grown
end

if meta[3] then
  local _, grown = apply(coming)
  redis.call('HINCRBY', KEYS[1], 'nextSize', grown)
end
if meta[1] ~= '1' then
  return { 'OK', meta[2], 0 }
end

local changed, grown = apply(live)
if changed == 0 then
  return { 'OK', meta[2], 0 }
end
-- Versions are microseconds, pushed on by one where the clock has not: they grow even after everything was deleted.
local time = redis.call('TIME')
local version = math.max(tonumber(meta[2]) + 1, tonumber(time[1]) * 1000000 + tonumber(time[2]))
redis.call('HSET', KEYS[1], 'version', string.format('%.0f', version), 'source', ARGV[1])
redis.call('HINCRBY', KEYS[1], 'size', grown)
return { 'OK', string.format('%.0f', version), changed }
