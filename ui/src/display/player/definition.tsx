/** High definition for people outside: chosen by hand, with the places that are taken and those there are. */
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'

import type { Large } from './messages'

/** The cause that the server gives where every place in high definition is taken. */
export const LARGE_FULL = 'transcode.cap-large'

export function Definition(props: { places: Large | null; high: boolean; onHigh: (high: boolean) => void }) {
  const { t } = useTranslation()
  const { places, high } = props
  if (places === null) return null
  return (
    <Button className="definition" type={high ? 'primary' : 'text'} size="small" aria-pressed={high} title={t('live.highTitle', { ...places })} onClick={() => props.onHigh(!high)} onDoubleClick={(event) => event.stopPropagation()}>
      {t('live.high', { ...places })}
    </Button>
  )
}
