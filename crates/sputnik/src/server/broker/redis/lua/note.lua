-- note: notes when clients of a node last asked for something, and that others are gone.
-- KEYS 1 nodes    sorted set: node -> until when its notes hold, in ms of this server's clock
--      2 clients  hash: client -> when its last command came
-- ARGV 1 node, 2 how long they hold in ms, 3 how many are gone, 4… those, then pairs of a client and its idle ms
-- Returns 1 when what the node noted before still stands, 0 when not.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local node, keep, gone = ARGV[1], ARGV[2], ARGV[3]
local stands = redis.call('ZSCORE', KEYS[1], node) and redis.call('EXISTS', KEYS[2])
-- A hash without a field does not exist.
redis.call('HSET', KEYS[2], '', 0)
for i = 4, 3 + gone do
  redis.call('HDEL', KEYS[2], ARGV[i])
end
for i = 4 + gone, #ARGV, 2 do
  redis.call('HSET', KEYS[2], ARGV[i], string.format('%.0f', now - ARGV[i + 1]))
end
redis.call('PEXPIRE', KEYS[2], keep)
redis.call('ZADD', KEYS[1], now + keep, node)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('PEXPIRE', KEYS[1], math.max(keep, redis.call('PTTL', KEYS[1])))
return stands or 0
