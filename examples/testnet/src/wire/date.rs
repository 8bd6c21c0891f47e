//! Date-time of RFC 3339, read and written in plain code.

/// Milliseconds since 1970 of a date-time such as `2030-01-01T00:00:00.5+01:00`. `None`: it is none, or lies before 1970.
pub fn read_date(text: &str) -> Option<u64> {
    let (date, rest) = text.split_at_checked(10)?;
    let (year, rest_of_date) = date.split_at_checked(4)?;
    let (month, day) = rest_of_date.strip_prefix('-')?.split_once('-')?;
    let (year, month, day) = (digits(year)?, digits(month)?, digits(day)?);
    let clock = rest.strip_prefix(['T', 't', ' '])?;
    let (time, offset_minutes) = split_offset(clock)?;
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let mut parts = time.split(':');
    let (hour, minute, second) = (part(&mut parts)?, part(&mut parts)?, part(&mut parts)?);
    if parts.next().is_some()
        || !(1..=12).contains(&month)
        || !(1..=days_in(year, month)).contains(&day)
    {
        return None;
    }
    // Second 60 is a leap second; it counts as the one behind it.
    if hour > 23 || minute > 59 || second > 60 || fraction.is_empty() {
        return None;
    }
    let millis: i64 = format!("{fraction:0<3}")
        .get(..3)
        .filter(|_| fraction.bytes().all(|b| b.is_ascii_digit()))?
        .parse()
        .ok()?;
    let minutes = (days_before(year, month) + day - 1) * 1440 + hour * 60 + minute - offset_minutes;
    u64::try_from(minutes * 60_000 + second * 1000 + millis).ok()
}

/// A time as date-time in UTC, whole seconds.
pub fn write_date(unix_ms: u64) -> String {
    let seconds = unix_ms / 1000;
    let (mut days, clock) = (
        i64::try_from(seconds / 86_400).unwrap_or(0),
        seconds % 86_400,
    );
    let mut year = 1970;
    while days >= year_days(year) {
        days -= year_days(year);
        year += 1;
    }
    let mut month = 1;
    while days >= days_in(year, month) {
        days -= days_in(year, month);
        month += 1;
    }
    format!(
        "{year:04}-{month:02}-{:02}T{:02}:{:02}:{:02}Z",
        days + 1,
        clock / 3600,
        clock / 60 % 60,
        clock % 60
    )
}

/// The time of day, and by how many minutes it is ahead of UTC.
fn split_offset(clock: &str) -> Option<(&str, i64)> {
    if let Some(time) = clock.strip_suffix(['Z', 'z']) {
        return Some((time, 0));
    }
    let at = clock.rfind(['+', '-'])?;
    let (time, offset) = clock.split_at(at);
    let (hours, minutes) = offset.get(1..)?.split_once(':')?;
    let (hours, minutes) = (two(hours)?, two(minutes)?);
    let ahead = (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)?;
    Some((
        time,
        if offset.starts_with('-') {
            -ahead
        } else {
            ahead
        },
    ))
}

fn part<'a>(parts: &mut impl Iterator<Item = &'a str>) -> Option<i64> {
    parts.next().and_then(two)
}

fn two(text: &str) -> Option<i64> {
    (text.len() == 2).then(|| digits(text)).flatten()
}

fn digits(text: &str) -> Option<i64> {
    text.bytes()
        .all(|b| b.is_ascii_digit())
        .then(|| text.parse().ok())
        .flatten()
}

/// Days from 1970 to the beginning of a month; negative before.
fn days_before(year: i64, month: i64) -> i64 {
    let leaps = |y: i64| y / 4 - y / 100 + y / 400;
    let years = (year - 1970) * 365 + leaps(year - 1) - leaps(1969);
    years + (1..month).map(|m| days_in(year, m)).sum::<i64>()
}

fn year_days(year: i64) -> i64 {
    if leap(year) { 366 } else { 365 }
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

#[cfg(test)]
mod tests {
    use super::{read_date, write_date};

    // The numbers are those of `date -u -d TEXT +%s`.
    #[test]
    fn dates() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29T23:59:59Z", 951_868_799),
            ("2030-01-01T00:00:00Z", 1_893_456_000),
            ("2100-03-01T00:00:00Z", 4_107_542_400),
            ("2026-07-14T12:30:00+05:30", 1_784_012_400),
            ("2026-07-14T12:30:00-01:00", 1_784_035_800),
        ] {
            assert_eq!(read_date(text), Some(seconds * 1000), "{text}");
            assert_eq!(
                read_date(&write_date(seconds * 1000)),
                Some(seconds * 1000),
                "{text}"
            );
        }
        assert_eq!(
            read_date("2030-01-01t00:00:00.25z"),
            Some(1_893_456_000_250)
        );
        assert_eq!(write_date(1_893_456_000_999), "2030-01-01T00:00:00Z");
        for bad in [
            "",
            "2030",
            "2030-01-01",
            "2030-01-01T00:00:00",
            "2030-02-29T00:00:00Z",
            "2030-13-01T00:00:00Z",
            "2030-01-01T24:00:00Z",
            "2030-01-01T0:00:00Z",
            "2030-01-01T00:00:00.Z",
            "2030-01-01T00:00:00.xZ",
            "2030-01-01T00:00:00+1:00",
            "1969-12-31T23:59:59Z",
            "2030-01-01T00:00Z",
            "2030-01-01T00:00:00:00Z",
            "äääää-01-01T00:00:00Z",
        ] {
            assert_eq!(read_date(bad), None, "{bad}");
        }
    }
}
