-- roster: who is here, in no order, and who holds what.
-- Returns { epoch, top, { arrival \n head of a card \n what it shows, … }, { a lock as JSON, … } }.
enter()
local locks = redis.call('HKEYS', LOCKS)
table.sort(locks)
for i, name in ipairs(locks) do
  locks[i] = lock_json(name, read_lock(name))
end
return done({ EPOCH, top(), redis.call('HVALS', WHO), locks })
