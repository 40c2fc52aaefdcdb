/** The page before the frame: name, language, and one card. */
import { GlobalOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { chooseLanguage } from '../i18n'
import { Reach } from './reach'

export function Door(props: { children: ReactNode }) {
  const { t, i18n } = useTranslation()
  return (
    <main className="door">
      <div className="door-head">
        <span className="door-name">{t('app.full')}</span>
        <Button
          type="text"
          icon={<GlobalOutlined />}
          onClick={() => chooseLanguage(i18n.language === 'zh-CN' ? 'en-US' : 'zh-CN')}
        >
          {t('bar.language')}
        </Button>
      </div>
      <Reach />
      {props.children}
    </main>
  )
}
