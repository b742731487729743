-- Puts the generation that was built in the place of the live one, which is dropped.
--
-- KEYS  1 meta  2 scores  3 entries  4 next scores  5 next entries
-- ARGV  1 token of the rebuild  2 milliseconds to keep the board; 0 keeps it for ever
-- Reply the board's new version, or nil when this rebuild was lost.

local meta = redis.call('HMGET', KEYS[1], 'building', 'version', 'nextSize')
if meta[1] ~= ARGV[1] then
  return false
end
redis.call('UNLINK', KEYS[2], KEYS[3])
if redis.call('EXISTS', KEYS[4]) == 1 then
  redis.call('RENAME', KEYS[4], KEYS[2])
end
if redis.call('EXISTS', KEYS[5]) == 1 then
  redis.call('RENAME', KEYS[5], KEYS[3])
end
local time = redis.call('TIME')
local version = string.format('%.0f', math.max(tonumber(meta[2]) + 1, tonumber(time[1]) * 1000000 + tonumber(time[2])))
redis.call('HSET', KEYS[1], 'live', '1', 'version', version, 'size', meta[3])
redis.call('HINCRBY', KEYS[1], 'generation', 1)
redis.call('HDEL', KEYS[1], 'building', 'buildingAt', 'expected', 'loaded', 'nextSize')
for i = 1, 3 do
  if ARGV[2] == '0' then
    redis.call('PERSIST', KEYS[i])
  else
    redis.call('PEXPIRE', KEYS[i], ARGV[2])
  end
end
return version
