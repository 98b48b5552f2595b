# Says "sums agree" if the rows of each view add up to the totals exactly; otherwise what does not.
def sum(view; key): [view[].misses[key]] | add // 0;
. as $r | .totals as $t |
[ ("by_class","by_field","by_site","by_origin","by_array","by_method","by_line","by_page") as $v |
  ($t.levels | keys[]) as $k |
  select(sum($r[$v]; $k) != $t.levels[$k].misses) | "\($v).\($k): \(sum($r[$v]; $k)), total \($t.levels[$k].misses)" ]
+ [ ("by_method","by_line","by_branch") as $v | ([$r[$v][].mispredicted] | add) as $s | select($s != $t.branches.mispredicted) |
    "\($v): \($s) mispredicted, total \($t.branches.mispredicted)" ]
+ [ ("by_method","by_line") as $v | ([$r[$v][].instructions // 0] | add) as $s | select($s != $t.instructions) | "\($v): \($s) instructions, total \($t.instructions)" ]
+ [ ("by_method","by_line","by_branch") as $v | ([$r[$v][].executed // 0] | add) as $s | select($s > 0 and $s != $t.branches.executed) | "\($v): \($s) executed, total \($t.branches.executed)" ]
+ [ ("by_class","by_field","by_origin","by_method","by_line") as $v | ([$r[$v][] | (.cold, .capacity, .conflict, .coherence) // 0] | add // 0) as $s | select($s > 0 and $s != $t.levels.l1d.misses) |
    "\($v): \($s) causes, total \($t.levels.l1d.misses) L1D misses" ]
+ [ {value_used: ["hints.used","digests.used"], value_right: ["hints.correct","digests.correct"], value_gained: ["value.gained"], value_harmed: ["value.harmed"], hints_late: ["hints.late"]} | to_entries[] |
    ([$t.counters[.value[]]] | add) as $want | ([$r.by_branch[][.key] // 0] | add // 0) as $s | select($s != $want) | "by_branch: \($s) \(.key), total \($want)" ]
+ [ $r.sharing | select(.) | . as $s | ("pairs","lines") as $l | ("misses","false_sharing") as $k | ([$s[$l][][$k]] | add // 0) | select(. != $s[$k] or $s.misses != $t.counters["coherence.misses"]) | "sharing.\($l): \(.) \($k), total \($s[$k])" ]
+ [ [$r.timeline.rows[][2]] | add | select(. != $t.levels.l1d.misses) | "timeline: \(.) L1D misses" ]
| if . == [] then "sums agree" else .[] end
