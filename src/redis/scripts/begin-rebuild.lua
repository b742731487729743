-- Opens a new generation of a board beside the live one. From now on apply-scores writes both.
--
-- KEYS  as for apply-scores
-- ARGV  1 token of this rebuild  2 entries expected  3 milliseconds of silence after which another rebuild counts as dead
-- Reply OK, or BUSY when another rebuild is at work.

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local meta = redis.call('HMGET', KEYS[1], 'building', 'buildingAt')
if meta[1] and now - tonumber(meta[2] or '0') < tonumber(ARGV[3]) then
  return 'BUSY'
end
for _, set in ipairs(setsOf(coming)) do
  redis.call('UNLINK', set)
end
redis.call('UNLINK', coming.entries, coming.parts)
redis.call('HSETNX', KEYS[1], 'live', '0')
redis.call('HSETNX', KEYS[1], 'version', string.format('%.0f', tonumber(time[1]) * 1000000 + tonumber(time[2])))
redis.call('HSETNX', KEYS[1], 'size', '0')
redis.call('HSET', KEYS[1], 'building', ARGV[1], 'buildingAt', string.format('%.0f', now), 'expected', ARGV[2], 'loaded', '0', 'nextSize', '0')
return 'OK'
