-- show: changes what a present client shows.
-- ARGV 5 client, 6 what it shows (JSON)
-- Returns 1 when the client is present, 0 when not.
enter()
local client, state = ARGV[5], ARGV[6]
local seat = redis.call('HGET', WHO, client)
if not seat then
  return done(0)
end
if string.match(seat, '^%d+\n[^\n]*\n(.*)$') ~= state then
  move(client, seat, state)
end
return done(1)
