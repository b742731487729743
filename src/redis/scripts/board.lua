-- What the scripts of boards share; loadScript puts it before each of them.
--
-- A board falls into parts, each a sorted set: the part '' under the key itself, others under key:part:name. A member is
--   [17 digits of the sub-score, a dot,] 15 digits of the instant, a colon, the customer's UUID
-- so that text order among equal scores is board order. An entry is
--   version:score:member prefix:place
-- where the score may be empty (off the board), and the place is + and the part of who is listed, - and the part of who is
-- not, or x of whom no part takes. Only an entry with a score and a + is in a sorted set.
-- A DENSE board also has a sorted set of its levels, the distinct scores: member is the score, after the sub-score and a
-- colon where there is one. It is kept in O(log N), and O(log² N) with sub-scores, and gives a dense rank in O(log N).

local function partKey(base, part)
  if part == '' then
    return base
  end
  return base .. ':part:' .. part
end

local function parse(entry)
  return string.match(entry, '^(%d+):([^:]*):([%d.]+):(.*)$')
end

local function isListed(score, place)
  return score ~= '' and string.sub(place, 1, 1) == '+'
end

local function subOf(prefix)
  return string.match(prefix, '^(%d+)%.')
end

local function levelOf(score, prefix)
  local sub = subOf(prefix)
  return sub and (sub .. ':' .. score) or score
end

-- Index of the first member that stands at (score, text) or behind it. O(log² N).
local function lowerBound(key, score, text)
  local low = redis.call('ZCOUNT', key, '-inf', '(' .. score)
  local high = low + redis.call('ZCOUNT', key, score, score)
  while low < high do
    local middle = math.floor((low + high) / 2)
    if redis.call('ZRANGE', key, middle, middle)[1] < text then
      low = middle + 1
    else
      high = middle
    end
  end
  return low
end

-- Whether anybody in the part has this score and sub-score.
local function isHeld(scores, score, prefix)
  local sub = subOf(prefix)
  if not sub then
    return redis.call('ZCOUNT', scores, score, score) > 0
  end
  local index = lowerBound(scores, score, sub)
  local found = redis.call('ZRANGE', scores, index, index, 'WITHSCORES')
  return found[1] ~= nil and subOf(found[1]) == sub and tonumber(found[2]) == tonumber(score)
end

-- Puts one entry onto a generation of a board, unless it is known there in the same or a newer version.
-- Gives whether it changed anything, and by how much the number of listed ones grew.
local function put(to, dense, customer, version, score, prefix, place)
  local known = redis.call('HGET', to.entries, customer)
  local oldVersion, oldScore, oldPrefix, oldPlace
  if known then
    oldVersion, oldScore, oldPrefix, oldPlace = parse(known)
  end
  if oldVersion and tonumber(oldVersion) >= tonumber(version) then
    return false, 0
  end
  local stood = oldVersion ~= nil and isListed(oldScore, oldPlace)
  local stands = isListed(score, place)
  local part, oldPart = string.sub(place, 2), stood and string.sub(oldPlace, 2) or ''
  if stood and (not stands or oldPrefix ~= prefix or oldPart ~= part) then
    redis.call('ZREM', partKey(to.scores, oldPart), oldPrefix .. ':' .. customer)
  end
  if stands then
    redis.call('ZADD', partKey(to.scores, part), score, prefix .. ':' .. customer)
    if dense then
      redis.call('ZADD', partKey(to.levels, part), score, levelOf(score, prefix))
    end
  end
  if stood and dense and not isHeld(partKey(to.scores, oldPart), oldScore, oldPrefix) then
    redis.call('ZREM', partKey(to.levels, oldPart), levelOf(oldScore, oldPrefix))
  end
  if stood and oldPart ~= '' and redis.call('HINCRBY', to.parts, oldPart, -1) == 0 then
    redis.call('HDEL', to.parts, oldPart)
  end
  if stands and part ~= '' then
    redis.call('HINCRBY', to.parts, part, 1)
  end
  redis.call('HSET', to.entries, customer, version .. ':' .. score .. ':' .. prefix .. ':' .. place)
  return true, (stands and 1 or 0) - (stood and 1 or 0)
end

-- Every sorted set of a generation.
local function setsOf(of)
  local sets = { of.scores, of.levels }
  for _, part in ipairs(redis.call('HKEYS', of.parts)) do
    sets[#sets + 1] = partKey(of.scores, part)
    sets[#sets + 1] = partKey(of.levels, part)
  end
  return sets
end

local live = { scores = KEYS[2], entries = KEYS[3], parts = KEYS[4], levels = KEYS[5] }
local coming = { scores = KEYS[6], entries = KEYS[7], parts = KEYS[8], levels = KEYS[9] }
