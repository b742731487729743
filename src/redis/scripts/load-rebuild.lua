-- Adds one page of the record to the generation being built. A score that apply-scores brought there meanwhile in a newer
-- version stays.
--
-- KEYS  as for apply-scores
-- ARGV  1 token of the rebuild  2 whether ranks are dense (1 or 0); then five a customer: id, version, sorted-set score or
--       empty, member prefix, place; at most 1,000 customers a call, because a command takes some thousand arguments
-- Reply entries loaded so far, or -1 when this rebuild was lost: flushed away, or taken over by another.

if redis.call('HGET', KEYS[1], 'building') ~= ARGV[1] then
  return -1
end

-- Whom the generation does not know yet, which is nearly everybody, is written with one command a part for all.
local dense = ARGV[2] == '1'
local customers = {}
for i = 3, #ARGV, 5 do
  customers[#customers + 1] = ARGV[i]
end
local known = #customers > 0 and redis.call('HMGET', coming.entries, unpack(customers)) or {}
local scored, levels, entered = {}, {}, {}
local grown = 0
for row = 1, #customers do
  local at = 5 * row - 2
  local customer, version, score, prefix, place = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4]
  if known[row] then
    local _, by = put(coming, dense, customer, version, score, prefix, place)
    grown = grown + by
  else
    if isListed(score, place) then
      local part = string.sub(place, 2)
      local members = scored[part] or {}
      scored[part] = members
      members[#members + 1] = score
      members[#members + 1] = prefix .. ':' .. customer
      if dense then
        local reached = levels[part] or {}
        levels[part] = reached
        reached[#reached + 1] = score
        reached[#reached + 1] = levelOf(score, prefix)
      end
      grown = grown + 1
    end
    entered[#entered + 1] = customer
    entered[#entered + 1] = version .. ':' .. score .. ':' .. prefix .. ':' .. place
  end
end
for part, members in pairs(scored) do
  redis.call('ZADD', partKey(coming.scores, part), unpack(members))
  if part ~= '' then
    redis.call('HINCRBY', coming.parts, part, #members / 2)
  end
end
for part, reached in pairs(levels) do
  redis.call('ZADD', partKey(coming.levels, part), unpack(reached))
end
if #entered > 0 then
  redis.call('HSET', coming.entries, unpack(entered))
end
local time = redis.call('TIME')
redis.call('HSET', KEYS[1], 'buildingAt', string.format('%.0f', tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)))
redis.call('HINCRBY', KEYS[1], 'nextSize', grown)
return redis.call('HINCRBY', KEYS[1], 'loaded', #customers)
