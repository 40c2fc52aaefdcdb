/** A sheet of places or cameras: checked first, every error by line and column; imported whole or not at all. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Drawer } from 'antd'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { getExportSheetUrl, getSheetTemplateUrl, importSheet, type ImportedOut } from '../api/generated'
import { Listing } from '../frame/listing'
import { ArticleChip, Problem } from '../frame/parts'

const WIDTH_PX = 640

export function ImportSheet(props: { what: 'places' | 'cameras'; onClose: () => void }) {
  const { t, i18n } = useTranslation()
  const { message } = App.useApp()
  const client = useQueryClient()
  const input = useRef<HTMLInputElement>(null)
  const [file, setFile] = useState<File | null>(null)
  const english = i18n.language === 'en-US'
  const send = useMutation({
    mutationFn: (asked: { file: File; commit: boolean }) => importSheet(props.what, { file: asked.file }, { commit: asked.commit }),
    onSuccess: async (found: ImportedOut) => {
      if (!found.done) return
      message.success(t('places.imported', { n: found.lines }))
      await client.invalidateQueries()
      props.onClose()
    },
  })
  const found = send.data
  const clean = found !== undefined && found.errors.length === 0
  return (
    <Drawer open size={WIDTH_PX} title={t('places.importTitle')} onClose={props.onClose}>
      <p>{t('places.importHint')}</p>
      <div className="row spaced">
        <Button href={getSheetTemplateUrl(props.what)}>{t('places.template')}</Button>
        <Button href={getExportSheetUrl(props.what)}>{t('places.export')}</Button>
        <Button type={clean ? 'default' : 'primary'} loading={send.isPending} onClick={() => input.current?.click()}>{t('places.choose')}</Button>
        <input
          ref={input}
          hidden
          type="file"
          accept=".xlsx,.csv"
          aria-label={t('places.choose')}
          onChange={(event) => {
            const picked = event.target.files?.[0]
            event.target.value = '' // the same file can be picked again once it is corrected
            if (picked === undefined) return
            setFile(picked)
            send.mutate({ file: picked, commit: false })
          }}
        />
      </div>
      {send.error !== null && <Problem problem={send.error} />}
      {found !== undefined && (
        <Alert
          className="spaced"
          showIcon
          type={clean ? 'success' : 'error'}
          title={clean ? t('places.checked', { n: found.lines }) : t('places.checkedBad', { n: found.lines, errors: found.errors.length })}
          action={clean && file !== null && <Button type="primary" loading={send.isPending} onClick={() => send.mutate({ file, commit: true })}>{t('places.commit')}</Button>}
        />
      )}
      {found !== undefined && !clean && (
        <Listing
          rows={found.errors}
          rowKey={(error) => `${error.line} ${error.column} ${error.code}`}
          columns={[
            { key: 'line', title: t('places.line'), card: 'head', width: 64, render: (error) => error.line },
            { key: 'column', title: t('places.column'), card: 'mark', render: (error) => error.column },
            {
              key: 'wrong',
              title: t('places.wrong'),
              card: 'wide',
              render: (error) => <>{english ? error.text_en : error.text} {error.article !== '' && <ArticleChip article={error.article} />}</>,
            },
          ]}
        />
      )}
    </Drawer>
  )
}
