//! Raw samples, and what is said of them. They are merged before anything is computed: nobody's percentiles are averaged.

/// Microseconds, in any order.
#[derive(Default)]
pub struct Samples(Vec<u32>);

impl Samples {
    /// Adds one.
    pub fn add(&mut self, micros: u64) {
        self.0.push(u32::try_from(micros).unwrap_or(u32::MAX));
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Forgets them.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// The sample below which that share of them lies, in milliseconds; not a number where there are none.
    pub fn percentile(&mut self, share: f64) -> f64 {
        if self.0.is_empty() {
            return f64::NAN;
        }
        let last = self.0.len() - 1;
        let (_, sample, _) = self.0.select_nth_unstable((last as f64 * share).round() as usize);
        f64::from(*sample) / 1_000.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_samples() {
        let mut samples = Samples::default();
        (1..=101).rev().for_each(|ms| samples.add(ms * 1_000));
        assert_eq!([0.0, 0.5, 0.99, 1.0].map(|share| samples.percentile(share)), [1.0, 51.0, 100.0, 101.0]);
    }
}
