/** The officers whom the organ sends: a line for each with name and work-ID number, two to begin with. */
import { Button, Form, Input } from 'antd'
import { useTranslation } from 'react-i18next'

import type { RequestOut } from '../api/generated'
import { ArticleChip } from '../frame/parts'

type Officer = Partial<RequestOut['officers'][number]>

export const OFFICERS_LEAST = 2
const OFFICERS_MOST = 8

const plain = (text: string | undefined): string => (text ?? '').normalize('NFKC').replace(/\s/g, '').toLowerCase()

/** Two persons or more; a name or a number written twice is one. The server decides the same way. */
export function different(officers: (Officer | undefined)[] = []): boolean {
  const named = officers.filter((one) => plain(one?.name) !== '')
  const numbers = named.map((one) => plain(one?.work_id)).filter(Boolean)
  return new Set(named.map((one) => plain(one?.name))).size - (numbers.length - new Set(numbers).size) >= OFFICERS_LEAST
}

export const emptyOfficers = (): Officer[] => Array.from({ length: OFFICERS_LEAST }, () => ({ name: '', work_id: '' }))

export function OfficersField() {
  const { t } = useTranslation()
  return (
    <Form.List name="officers" rules={[{ validator: (_, officers: Officer[]) => (different(officers) ? Promise.resolve() : Promise.reject(new Error(t('access.twoOfficers')))) }]}>
      {(fields, { add, remove }, { errors }) => (
        <Form.Item label={<>{t('access.officers')}&nbsp;<ArticleChip matter="officers" /></>} extra={t('access.officersHint')}>
          <div role="group" aria-label={t('access.officers')}>
            {fields.map(({ key, name }) => (
              <div className="officer" key={key}>
                <Form.Item name={[name, 'name']} noStyle>
                  <Input maxLength={64} aria-label={t('access.officer', { n: name + 1 })} placeholder={t('access.officer', { n: name + 1 })} />
                </Form.Item>
                <Form.Item name={[name, 'work_id']} noStyle>
                  <Input maxLength={32} aria-label={t('access.workId', { n: name + 1 })} placeholder={t('access.workIdHint')} />
                </Form.Item>
                {fields.length > OFFICERS_LEAST && <Button onClick={() => remove(name)}>{t('access.removeOfficer')}</Button>}
              </div>
            ))}
          </div>
          {fields.length < OFFICERS_MOST && <Button type="dashed" onClick={() => add({ name: '', work_id: '' })}>{t('access.moreOfficers')}</Button>}
          <Form.ErrorList errors={errors} />
        </Form.Item>
      )}
    </Form.List>
  )
}
