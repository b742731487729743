-- Reads how Redis holds some customers of a board, to rank them among themselves or to compare them with the record.
--
-- KEYS  as for apply-scores; those of the generation being built are not looked at
-- ARGV  customer ids
-- Reply whether the board is live (1 or 0), then three a customer: the entry (version, score, member prefix and place by
--       colons), the score of its member in the sorted set of its part, and whether its level is there (1 or 0); empty text
--       where there is no entry.

local reply = { redis.call('HGET', KEYS[1], 'live') == '1' and 1 or 0 }
for i = 1, #ARGV do
  local entry = redis.call('HGET', live.entries, ARGV[i]) or ''
  local ranked, level = '', 0
  if entry ~= '' then
    local _, score, prefix, place = parse(entry)
    local part = string.sub(place, 2)
    ranked = redis.call('ZSCORE', partKey(live.scores, part), prefix .. ':' .. ARGV[i]) or ''
    level = redis.call('ZSCORE', partKey(live.levels, part), levelOf(score, prefix)) and 1 or 0
  end
  reply[3 * i - 1], reply[3 * i], reply[3 * i + 1] = entry, ranked, level
end
return reply
