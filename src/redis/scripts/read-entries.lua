-- Reads how Redis holds some customers of a board, to compare them with the record.
--
-- KEYS  1 scores  2 entries
-- ARGV  customer ids
-- Reply two a customer: the entry (version, score, member prefix by colons) and the score of its member in the sorted set;
--       empty text where there is none.

local reply = {}
for i = 1, #ARGV do
  local entry = redis.call('HGET', KEYS[2], ARGV[i]) or ''
  local prefix = string.match(entry, '^%d+:[^:]+:(%d+)$')
  reply[2 * i - 1] = entry
  reply[2 * i] = prefix and redis.call('ZSCORE', KEYS[1], prefix .. ':' .. ARGV[i]) or ''
end
return reply
