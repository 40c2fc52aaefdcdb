/** A stretch of time: two panels with presets where there is room, the telephone's own pickers where there is not. */
import { DatePicker, Grid } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useTranslation } from 'react-i18next'

export type Range = [Dayjs, Dayjs]

interface Props {
  value?: Range | null
  onChange?: (range: Range | null) => void
  /** Past days as choices of one click. */
  presets?: boolean
  minDate?: Dayjs
  maxDate?: Dayjs
  id?: string
}

const NATIVE = 'YYYY-MM-DDTHH:mm:ss'

/** The day of `moment`, whole; its end is the first instant of the next. */
const dayOf = (moment: Dayjs): Range => [moment.startOf('day'), moment.startOf('day').add(1, 'day')]

export function TimeRange(props: Props) {
  const { t } = useTranslation()
  const narrow = Grid.useBreakpoint().md === false
  const { value, onChange } = props
  const now = dayjs()
  if (!narrow) {
    return (
      <DatePicker.RangePicker
        {...(props.id === undefined ? {} : { id: props.id })}
        showTime
        needConfirm={false} // with it, the keyboard does not leave an empty range
        allowEmpty={[true, true]}
        format="YYYY-MM-DD HH:mm:ss"
        style={{ width: '100%' }}
        value={value ?? null}
        onChange={(range) => onChange?.(range?.[0] != null && range[1] != null ? [range[0], range[1]] : null)}
        {...(props.minDate === undefined ? {} : { minDate: props.minDate })}
        {...(props.maxDate === undefined ? {} : { maxDate: props.maxDate })}
        {...(props.presets === true
          ? { presets: [
              { label: t('range.today'), value: dayOf(now) },
              { label: t('range.yesterday'), value: dayOf(now.subtract(1, 'day')) },
              { label: t('range.week'), value: [now.startOf('day').subtract(6, 'day'), dayOf(now)[1]] as Range },
            ] }
          : {})}
      />
    )
  }
  const change = (which: 0 | 1, text: string): void => {
    const typed = dayjs(text)
    if (!typed.isValid()) return onChange?.(null)
    const other = value?.[which === 0 ? 1 : 0]
    if (which === 0) onChange?.([typed, other !== undefined && other.isAfter(typed) ? other : typed.add(1, 'hour')])
    else onChange?.([other !== undefined && other.isBefore(typed) ? other : typed.subtract(1, 'hour'), typed])
  }
  const bound = (moment: Dayjs | undefined): string | undefined => moment?.format(NATIVE)
  return (
    <div className="native-range">
      {([0, 1] as const).map((which) => (
        <label key={which}>
          <span className="secondary">{t(which === 0 ? 'playback.from' : 'playback.to')}</span>
          <input
            type="datetime-local"
            step={1}
            {...(which === 0 && props.id !== undefined ? { id: props.id } : {})}
            min={bound(props.minDate)}
            max={bound(props.maxDate)}
            value={value?.[which].format(NATIVE) ?? ''}
            onChange={(event) => change(which, event.target.value)}
          />
        </label>
      ))}
    </div>
  )
}
