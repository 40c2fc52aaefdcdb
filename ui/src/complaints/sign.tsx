/** The sign of a place: made once, printed, put up, photographed. A panel for the page of a place. */
import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'

import {
  getDrawSignUrl,
  getPrintSignUrl,
  getReadAttachmentUrl,
  getReadSignQueryKey,
  useIssueSign,
  useMountSign,
  useReadSign,
} from '../api/generated'
import { Facts } from '../frame/entity'
import { Answered, ArticleChip, Nothing, Problem } from '../frame/parts'
import { Upload } from '../frame/upload'

export function SignPanel(props: { place: string }) {
  const { t } = useTranslation()
  const { place } = props
  const client = useQueryClient()
  const answer = useReadSign(place)
  const onSuccess = () => client.invalidateQueries({ queryKey: getReadSignQueryKey(place) })
  const issue = useIssueSign({ onSuccess })
  const mount = useMountSign({ onSuccess })
  const problem = issue.error ?? mount.error
  return (
    <section className="panel">
      <div className="panel-head"><h2>{t('sign.title')}</h2><ArticleChip matter="sign" /></div>
      {problem !== null && <Problem problem={problem} />}
      <Answered answer={answer} rows={2}>
        {(sign) =>
          sign.code === '' ? (
            <Nothing text={t('sign.none')} act={<Button type="primary" loading={issue.isPending} onClick={() => issue.mutate({ place })}>{t('sign.make')}</Button>} />
          ) : (
            <>
              <Facts
                facts={[
                  { key: 'code', label: t('sign.code'), value: <span className="mono">{sign.code}</span> },
                  { key: 'address', label: t('sign.address'), value: <a className="wrap" href={sign.address} target="_blank" rel="noreferrer">{sign.address}</a> },
                  {
                    key: 'photograph', label: t('sign.photograph'),
                    value: sign.photograph === ''
                      ? <span className="secondary">{t('sign.noPhotograph')}</span>
                      : <a href={getReadAttachmentUrl(sign.photograph)} target="_blank" rel="noreferrer"><img src={getReadAttachmentUrl(sign.photograph)} alt={t('sign.alt')} height={120} /></a>,
                  },
                ]}
              />
              <div className="row spaced" style={{ marginTop: 12 }}>
                <Button href={getPrintSignUrl(place, { paper: 'a4' })} target="_blank">{t('sign.a4')}</Button>
                <Button href={getPrintSignUrl(place, { paper: 'a5' })} target="_blank">{t('sign.a5')}</Button>
                <Button href={getDrawSignUrl(place, { paper: 'a4' })} target="_blank">{t('sign.svg')}</Button>
              </div>
              <Upload subject_kind="place" subject={place} kind="sign" camera label={t('sign.shot')} onDone={(kept) => mount.mutate({ place, data: { attachment: kept.id } })} />
            </>
          )
        }
      </Answered>
    </section>
  )
}
