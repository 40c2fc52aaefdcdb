/** The look of INTERFACE.md as tokens; these colours gave no contrast violation on either ground. */
import { theme, type ThemeConfig } from 'antd'

const shape = {
  borderRadius: 6,
  fontSize: 14,
  fontFamily:
    '-apple-system, BlinkMacSystemFont, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif',
  motionDurationMid: '0.1s',
  motionDurationSlow: '0.15s',
}

const table = { cellPaddingBlock: 8.5, cellPaddingBlockMD: 8.5, cellPaddingBlockSM: 4.5, cellPaddingInline: 12 }

export const lightTheme: ThemeConfig = {
  algorithm: theme.defaultAlgorithm,
  token: {
    ...shape,
    colorPrimary: '#0958d9',
    colorInfo: '#0958d9',
    colorLink: '#0958d9',
    colorError: '#cf1322',
    colorWarning: '#ad4e00',
    colorSuccess: '#237804',
    colorText: '#1f2329',
    colorTextDescription: '#595959',
    colorTextPlaceholder: '#6b6b6b',
    colorBgLayout: '#f5f6f8',
    colorBorderSecondary: '#e3e5e8',
  },
  components: {
    Layout: { headerBg: '#ffffff', siderBg: '#ffffff', headerHeight: 48, headerPadding: '0 16px' },
    Table: table,
    Menu: { itemHeight: 36 },
    Descriptions: { labelColor: '#595959' },
  },
}

export const darkTheme: ThemeConfig = {
  algorithm: theme.darkAlgorithm,
  token: {
    ...shape,
    colorPrimary: '#7eacff', // the dark algorithm darkens it; this gives 4.5:1 on the ground
    colorInfo: '#7eacff',
    colorLink: '#7eacff',
    colorError: '#ff7875',
    colorWarning: '#ffa940',
    colorSuccess: '#73d13d',
    colorTextDescription: '#b0b4ba',
    colorTextPlaceholder: '#9a9fa6',
    colorBgLayout: '#0d0f12',
    colorBgContainer: '#16191d',
    colorBorderSecondary: '#2b3036',
  },
  components: {
    Layout: { headerBg: '#16191d', siderBg: '#16191d', headerHeight: 48, headerPadding: '0 16px' },
    Table: table,
    Button: { primaryColor: '#06162e' },
    Radio: { buttonSolidCheckedColor: '#06162e' },
    Menu: { itemHeight: 36, darkItemBg: '#16191d', darkItemSelectedBg: '#1b2738', darkItemSelectedColor: '#a8c7ff' },
    Descriptions: { labelColor: '#b0b4ba' },
  },
}
