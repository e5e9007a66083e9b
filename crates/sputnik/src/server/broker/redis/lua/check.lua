-- check: how the channel stands.
-- Returns { epoch, top, ms until the next lease runs out or -1 }.
enter()
local next = redis.call('ZRANGE', DUE, 0, 0, 'WITHSCORES')
return done({ EPOCH, top(), next[2] and math.max(next[2] - NOW, 0) or -1 })
