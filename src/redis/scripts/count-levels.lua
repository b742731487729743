-- Counts the levels of a dense board, in all its parts together.
--
-- KEYS  as for apply-scores; those of the generation being built are not looked at
-- Reply how many there are.

local count = redis.call('ZCARD', live.levels)
for _, part in ipairs(redis.call('HKEYS', live.parts)) do
  count = count + redis.call('ZCARD', partKey(live.levels, part))
end
return count
