/** Files about a subject: each is sent by itself with its progress, can be stopped, and tried again after a lost network. */
import { PaperClipOutlined } from '@ant-design/icons'
import { Button, Progress } from 'antd'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { send } from '../api/send'
import type { AttachmentOut } from '../api/generated'
import { Problem } from './parts'
import { bytes } from './time'

interface Sending {
  key: number
  file: File
  share: number
  problem: unknown
  stop: () => void
}

interface Props {
  /** What the file is about and is (a kind of paper, or `photograph`); none of these where `address` says it all. */
  subject_kind?: string
  subject?: string
  kind?: string
  /** Where the file goes, if not to the attachments. */
  address?: string
  onDone: (kept: AttachmentOut) => void
  label?: string
  /** Opens the telephone's camera. */
  camera?: boolean
  /** JPEG and PNG only. */
  pictures?: boolean
  multiple?: boolean
}

const ACCEPTED = '.pdf,.jpg,.jpeg,.png,.xlsx,.docx,.zip'
const PICTURES = 'image/jpeg,image/png'

export function Upload(props: Props) {
  const { t } = useTranslation()
  const pictures = props.camera === true || props.pictures === true
  const input = useRef<HTMLInputElement>(null)
  const next = useRef(0)
  const [under, setUnder] = useState<Sending[]>([])
  const change = (key: number, what: Partial<Sending>) => setUnder((all) => all.map((one) => (one.key === key ? { ...one, ...what } : one)))
  const drop = (key: number) => setUnder((all) => all.filter((one) => one.key !== key))
  const start = (file: File, key: number): void => {
    const { address, subject_kind, subject, kind } = props
    const about = address === undefined ? { subject_kind: subject_kind ?? '', subject: subject ?? '', kind: kind ?? '' } : {}
    const sent = send(file, about, (share) => change(key, { share }), address)
    setUnder((all) => [...all.filter((one) => one.key !== key), { key, file, share: 0, problem: null, stop: sent.stop }])
    sent.done.then(
      (kept) => {
        drop(key)
        props.onDone(kept)
      },
      (problem: unknown) => change(key, { problem }),
    )
  }
  const pick = (files: FileList | null): void => {
    for (const file of files ?? []) start(file, next.current++)
    if (input.current !== null) input.current.value = '' // the same file can be picked again
  }
  return (
    <div className="upload">
      <input
        ref={input}
        type="file"
        hidden
        multiple={props.multiple === true}
        accept={pictures ? PICTURES : ACCEPTED}
        {...(props.camera === true ? { capture: 'environment' as const } : {})}
        onChange={(event) => pick(event.target.files)}
      />
      <Button icon={<PaperClipOutlined />} onClick={() => input.current?.click()}>{props.label ?? t('upload.pick')}</Button>
      <span className="secondary"> {t(pictures ? 'upload.photographs' : 'upload.kinds')}</span>
      <ul className="plain">
        {under.map((one) => (
          <li key={one.key}>
            <span className="wrap">{one.file.name}</span>
            <span className="secondary">{bytes(one.file.size)}</span>
            {one.problem === null ? (
              <>
                <Progress percent={Math.round(one.share * 100)} style={{ flex: 1, minWidth: 120 }} aria-label={one.file.name} />
                <Button size="small" onClick={() => { one.stop(); drop(one.key) }}>{t('common.cancel')}</Button>
              </>
            ) : (
              <div style={{ flexBasis: '100%' }}>
                <Problem problem={one.problem} retry={() => start(one.file, one.key)} />
                <Button size="small" onClick={() => drop(one.key)}>{t('upload.drop')}</Button>
              </div>
            )}
          </li>
        ))}
      </ul>
    </div>
  )
}
