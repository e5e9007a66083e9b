-- renew: renews the leases of many clients in this channel, and takes back that they are leaving.
-- ARGV 5 lease in ms, 6… clients
-- Returns for each 1 when it is present, 0 when not.
enter()
local answers = {}
for i = 6, #ARGV do
  if present(ARGV[i]) then
    redis.call('ZADD', DUE, NOW + ARGV[5], ARGV[i])
    redis.call('SREM', LEAVING, ARGV[i])
    changed = true
    answers[i - 5] = 1
  else
    answers[i - 5] = 0
  end
end
return done(answers)
