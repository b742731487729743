-- Takes what a process has spent from a caller's token bucket, after filling it up for the time that has passed.
--   KEYS[1] the bucket (hash: points, at)
--   ARGV[1] maximum, ARGV[2] points restored a second, ARGV[3] points spent since the last call
-- Replies the points left as text. They may be below zero, by at most one maximum: processes spend before they settle.
local maximum, rate, spent = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local stored = redis.call('HMGET', KEYS[1], 'points', 'at')
local points = maximum
if stored[1] then
  points = math.min(maximum, tonumber(stored[1]) + math.max(0, now - tonumber(stored[2])) / 1000 * rate)
end
points = math.max(points - spent, -maximum)
redis.call('HSET', KEYS[1], 'points', string.format('%.3f', points), 'at', string.format('%.0f', now))
redis.call('PEXPIRE', KEYS[1], math.ceil((maximum - points) / rate * 1000) + 1000)
return string.format('%.3f', points)
