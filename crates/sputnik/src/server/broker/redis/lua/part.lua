-- part: marks a client as leaving, or lets it leave at once.
-- ARGV 5 client, 6 grace in ms
-- Returns nothing.
enter()
local client, grace = ARGV[5], tonumber(ARGV[6])
local due = present(client)
if due then
  if grace == 0 then
    leave({ client })
  else
    redis.call('ZADD', DUE, math.min(due, NOW + grace), client)
    redis.call('SADD', LEAVING, client)
    changed = true
  end
end
return done(false)
