-- Adds one page of the record to the generation being built. A score that apply-scores brought there meanwhile in a newer
-- version stays.
--
-- KEYS  1 meta  2 next scores  3 next entries
-- ARGV  1 token of the rebuild; then four a customer: id, version, sorted-set score or empty, member prefix
--       at most 1,000 customers a call, because a command takes some thousand arguments
-- Reply entries loaded so far, or -1 when this rebuild was lost: flushed away, or taken over by another.

if redis.call('HGET', KEYS[1], 'building') ~= ARGV[1] then
  return -1
end

-- Whom the generation does not know yet, which is nearly everybody, is written with one command for all.
local customers = {}
for i = 2, #ARGV, 4 do
  customers[#customers + 1] = ARGV[i]
end
local known = #customers > 0 and redis.call('HMGET', KEYS[3], unpack(customers)) or {}
local scored, entered = {}, {}
local grown = 0
for row = 1, #customers do
  local at = 4 * row - 2
  local customer, version, score, prefix = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
  local knownVersion, knownScore, knownPrefix
  if known[row] then
    knownVersion, knownScore, knownPrefix = string.match(known[row], '^(%d+):([^:]*):(%d+)$')
  end
  if not knownVersion or tonumber(knownVersion) < tonumber(version) then
    local stood = knownScore and knownScore ~= ''
    if stood and (score == '' or knownPrefix ~= prefix) then
      redis.call('ZREM', KEYS[2], knownPrefix .. ':' .. customer)
    end
    if score ~= '' then
      scored[#scored + 1] = score
      scored[#scored + 1] = prefix .. ':' .. customer
    end
    entered[#entered + 1] = customer
    entered[#entered + 1] = version .. ':' .. score .. ':' .. prefix
    grown = grown + (score ~= '' and 1 or 0) - (stood and 1 or 0)
  end
end
if #scored > 0 then
  redis.call('ZADD', KEYS[2], unpack(scored))
end
if #entered > 0 then
  redis.call('HSET', KEYS[3], unpack(entered))
end
local time = redis.call('TIME')
redis.call('HSET', KEYS[1], 'buildingAt', string.format('%.0f', tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)))
redis.call('HINCRBY', KEYS[1], 'nextSize', grown)
return redis.call('HINCRBY', KEYS[1], 'loaded', #customers)
