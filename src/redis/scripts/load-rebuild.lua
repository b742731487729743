-- Adds one page of the record to the generation being built. A score that apply-scores brought there meanwhile in a newer
-- version stays.
--
-- KEYS  1 meta  2 next scores  3 next entries
-- ARGV  1 token of the rebuild; then four a customer: id, version, sorted-set score or empty, member prefix
-- Reply entries loaded so far, or -1 when this rebuild was lost: flushed away, or taken over by another.

if redis.call('HGET', KEYS[1], 'building') ~= ARGV[1] then
  return -1
end
local grown, rows = 0, 0
for i = 2, #ARGV, 4 do
  local customer, version, score, prefix = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  local known = redis.call('HGET', KEYS[3], customer)
  local knownVersion, knownScore, knownPrefix
  if known then
    knownVersion, knownScore, knownPrefix = string.match(known, '^(%d+):([^:]*):(%d+)$')
  end
  if not knownVersion or tonumber(knownVersion) < tonumber(version) then
    local stood = knownScore and knownScore ~= ''
    if stood and (score == '' or knownPrefix ~= prefix) then
      redis.call('ZREM', KEYS[2], knownPrefix .. ':' .. customer)
    end
    if score ~= '' then
      redis.call('ZADD', KEYS[2], score, prefix .. ':' .. customer)
    end
    redis.call('HSET', KEYS[3], customer, version .. ':' .. score .. ':' .. prefix)
    grown = grown + (score ~= '' and 1 or 0) - (stood and 1 or 0)
  end
  rows = rows + 1
end
local time = redis.call('TIME')
redis.call('HSET', KEYS[1], 'buildingAt', string.format('%.0f', tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)))
redis.call('HINCRBY', KEYS[1], 'nextSize', grown)
return redis.call('HINCRBY', KEYS[1], 'loaded', rows)
