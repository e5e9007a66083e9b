-- trial: whether this user may do all that the scripts do, with keys and a topic like theirs.
-- KEYS 1 hash, 2 stream, 3 sorted set, 4 set; all gone afterwards
-- ARGV 1 topic
-- Returns what was refused: the reason, a line break, the command.
local HASH, STREAM, SORTED, SET = unpack(KEYS)
local refusals = {}

local function try(command, ...)
  local answer = redis.pcall(command, ...)
  if type(answer) == 'table' and answer.err then
    table.insert(refusals, answer.err .. '\n' .. command)
  end
end

try('TIME')
try('INFO', 'server')
-- First, for it needs memory: after a step that writes and needs none, Redis asks no more whether it is full.
try('HSET', HASH, 'a', 1)
try('HINCRBY', HASH, 'a', 1)
try('HGET', HASH, 'a')
try('HMGET', HASH, 'a', 'b')
try('HKEYS', HASH)
try('HVALS', HASH)
try('HLEN', HASH)
try('EXISTS', HASH)
try('PTTL', HASH)
try('HDEL', HASH, 'b')
try('XADD', STREAM, 'MAXLEN', '~', 1, '*', 'e', '')
try('XTRIM', STREAM, 'MINID', '0')
try('XRANGE', STREAM, '-', '+', 'COUNT', 1)
try('ZADD', SORTED, 1, 'a')
try('ZCARD', SORTED)
try('ZSCORE', SORTED, 'a')
try('ZRANGE', SORTED, 0, 0, 'WITHSCORES')
try('ZRANGEBYSCORE', SORTED, '-inf', 1)
try('ZRANGEBYLEX', SORTED, '-', '+')
try('ZLEXCOUNT', SORTED, '-', '+')
try('ZREMRANGEBYSCORE', SORTED, '-inf', 0)
try('ZREM', SORTED, 'b')
try('SADD', SET, 'a')
try('SISMEMBER', SET, 'a')
try('SREM', SET, 'b')
for _, key in ipairs(KEYS) do
  -- Kept for a moment only, should the last step not be allowed.
  try('PEXPIRE', key, 1000)
end
try('PUBLISH', ARGV[1], '')
try('DEL', HASH, STREAM, SORTED, SET)
return refusals
