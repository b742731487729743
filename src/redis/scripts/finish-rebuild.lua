-- Puts the generation that was built in the place of the live one, which is dropped. One rename a part: about a
-- millisecond for a thousand.
--
-- KEYS  as for apply-scores
-- ARGV  1 token of the rebuild  2 milliseconds to keep the board; 0 keeps it for ever
-- Reply the board's new version, or nil when this rebuild was lost.

local meta = redis.call('HMGET', KEYS[1], 'building', 'version', 'nextSize')
if meta[1] ~= ARGV[1] then
  return false
end
for _, set in ipairs(setsOf(live)) do
  redis.call('UNLINK', set)
end
redis.call('UNLINK', live.entries, live.parts)

local function move(from, to)
  if redis.call('EXISTS', from) == 1 then
    redis.call('RENAME', from, to)
  end
end
for _, part in ipairs(redis.call('HKEYS', coming.parts)) do
  move(partKey(coming.scores, part), partKey(live.scores, part))
  move(partKey(coming.levels, part), partKey(live.levels, part))
end
move(coming.scores, live.scores)
move(coming.levels, live.levels)
move(coming.entries, live.entries)
move(coming.parts, live.parts)

local time = redis.call('TIME')
local version = string.format('%.0f', math.max(tonumber(meta[2]) + 1, tonumber(time[1]) * 1000000 + tonumber(time[2])))
redis.call('HSET', KEYS[1], 'live', '1', 'version', version, 'size', meta[3])
redis.call('HINCRBY', KEYS[1], 'generation', 1)
redis.call('HDEL', KEYS[1], 'building', 'buildingAt', 'expected', 'loaded', 'nextSize')
local kept = setsOf(live)
kept[#kept + 1] = live.entries
kept[#kept + 1] = live.parts
kept[#kept + 1] = KEYS[1]
for _, key in ipairs(kept) do
  if ARGV[2] == '0' then
    redis.call('PERSIST', key)
  else
    redis.call('PEXPIRE', key, ARGV[2])
  end
end
return version
