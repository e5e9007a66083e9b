//! Parts of a whole as they are shown: in whole percent that are a hundred together.

/// How many percent of all each is. What is left over when each is rounded down goes to those that lost the most by it.
pub(super) fn percents(parts: &[u32]) -> Vec<u32> {
    let all = parts.iter().map(|part| u64::from(*part)).sum::<u64>().max(1);
    let hundredths = |part: u32| u64::from(part) * 100;
    let mut percents: Vec<u32> =
        parts.iter().map(|part| u32::try_from(hundredths(*part) / all).unwrap_or(100)).collect();
    let mut by_loss: Vec<usize> = (0..parts.len()).filter(|at| hundredths(parts[*at]) % all > 0).collect();
    by_loss.sort_by_key(|at| std::cmp::Reverse(hundredths(parts[*at]) % all));
    let left = 100_u32.saturating_sub(percents.iter().sum());
    for at in by_loss.into_iter().take(left as usize) {
        percents[at] += 1;
    }
    percents
}

#[cfg(test)]
mod tests {
    use super::percents;

    #[test]
    fn parts_are_a_hundred_percent_together() {
        let cases: [(&[u32], &[u32]); 9] = [
            (&[], &[]),
            (&[0], &[0]),
            (&[7], &[100]),
            (&[873, 127], &[87, 13]),
            (&[1, 1, 1], &[34, 33, 33]),
            (&[996, 4], &[100, 0]),
            (&[500, 496, 4], &[50, 50, 0]),
            (&[u32::MAX, u32::MAX], &[50, 50]),
            (&[2, 1], &[67, 33]),
        ];
        for (parts, expected) in cases {
            assert_eq!(percents(parts), expected, "{parts:?}");
        }
        for many in 1..400 {
            let parts: Vec<u32> = (1..=many).map(|n| n * n % 97 + 1).collect();
            assert_eq!(percents(&parts).iter().sum::<u32>(), 100, "{many}");
        }
    }
}
