/** Times, lengths, sizes and rates as people read them. Input is UTC milliseconds, seconds, bytes. */
import i18n from '../i18n'

const two = (value: number): string => String(value).padStart(2, '0')

/** `2026-11-23 14:05:09` in the viewer's zone. */
export function stamp(t_ms: number): string {
  const at = new Date(t_ms)
  return `${dateOf(t_ms)} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
}

export function dateOf(t_ms: number): string {
  const at = new Date(t_ms)
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
}

export function clock(t_ms: number, millis = false): string {
  const at = new Date(t_ms)
  const text = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
  return millis ? `${text}.${String(at.getMilliseconds()).padStart(3, '0')}` : text
}

/** `UTC+08:00`, told once a page. */
export function zone(): string {
  const minutes = -new Date().getTimezoneOffset()
  const size = Math.abs(minutes)
  return `UTC${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`
}

/** The two largest units: `3 天 4 小时`. */
export function span(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const parts: [string, number][] = [
    ['day', Math.floor(whole / 86_400)],
    ['hour', Math.floor((whole % 86_400) / 3_600)],
    ['minute', Math.floor((whole % 3_600) / 60)],
    ['second', whole % 60],
  ]
  const first = parts.findIndex(([, n]) => n > 0)
  if (first < 0) return i18n.t('duration.second', { n: 0 })
  return parts
    .slice(first, first + 2)
    .filter(([, n]) => n > 0)
    .map(([unit, n]) => i18n.t(`duration.${unit}`, { n }))
    .join(' ')
}

const IEC = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']

export function bytes(count: number): string {
  let value = count
  let unit = 0
  while (value >= 1024 && unit < IEC.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${unit === 0 ? value : value.toFixed(value < 10 ? 2 : 1)} ${IEC[unit]}`
}

export function rate(bits_per_s: number): string {
  return bits_per_s >= 1e6 ? `${(bits_per_s / 1e6).toFixed(2)} Mb/s` : `${Math.round(bits_per_s / 1e3)} kb/s`
}

/**
 * A typed moment: a full stamp, a date, or only a time of day on the day of `near_ms`; null when it is none.
 * `2026-11-23 14:05:09.120`, `11-23 14:05`, `14:05:09`, `140509` are read.
 */
export function typedTime(text: string, near_ms: number): number | null {
  const near = new Date(near_ms)
  const match =
    /^(?:(?:(\d{4})[-/.])?(\d{1,2})[-/.](\d{1,2}))?[\sT]*(?:(\d{1,2})[::](\d{2})(?:[::](\d{2})(?:\.(\d{1,3}))?)?)?$/.exec(
      text.trim().replace(/^(\d{2})(\d{2})(\d{2})$/, '$1:$2:$3'),
    )
  if (match === null || text.trim() === '') return null
  const [, year, month, day, hour, minute, second, fraction] = match
  const at = new Date(
    Number(year ?? near.getFullYear()),
    month === undefined ? near.getMonth() : Number(month) - 1,
    Number(day ?? near.getDate()),
    Number(hour ?? 0),
    Number(minute ?? 0),
    Number(second ?? 0),
    Number((fraction ?? '0').padEnd(3, '0')),
  )
  const sane =
    Number(hour ?? 0) < 24 && Number(minute ?? 0) < 60 && Number(second ?? 0) < 60 &&
    (month === undefined || at.getMonth() === Number(month) - 1) && (day === undefined || at.getDate() === Number(day))
  return sane ? at.getTime() : null
}
