/** Papers chosen for a form that is still open: each is sent at once and named in the form. */
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'

import { getReadAttachmentUrl, type AttachmentOut } from '../api/generated'
import { Upload } from '../frame/upload'

export function Picked(props: { papers: readonly AttachmentOut[]; onChange: (change: (papers: AttachmentOut[]) => AttachmentOut[]) => void; subject: string; kind: string }) {
  const { t } = useTranslation()
  return (
    <div className="spaced">
      <ul className="plain">
        {props.papers.map((paper) => (
          <li key={paper.id}>
            <a className="wrap" href={getReadAttachmentUrl(paper.id)} target="_blank" rel="noreferrer">{paper.name}</a>
            <span className="spring" />
            <Button size="small" onClick={() => props.onChange((all) => all.filter((one) => one.id !== paper.id))}>{t('upload.drop')}</Button>
          </li>
        ))}
      </ul>
      <Upload subject_kind="system" subject={props.subject} kind={props.kind} multiple onDone={(kept) => props.onChange((all) => [...all, kept])} />
    </div>
  )
}
