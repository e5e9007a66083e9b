-- idle: how long ago a client's last command came.
-- KEYS 1 nodes; ARGV 1 client, 2 what the key of a node's clients begins with (of the same hash tag)
-- Returns ms; nil when no node has it.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local last
for _, node in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], now, '+inf')) do
  local at = tonumber(redis.call('HGET', ARGV[2] .. node, ARGV[1]) or '')
  if at and (not last or at > last) then
    last = at
  end
end
return last and math.max(now - last, 0)
