import {
  ApartmentOutlined, AuditOutlined, BankOutlined, BookOutlined, ClusterOutlined, CommentOutlined, DatabaseOutlined, DesktopOutlined, DisconnectOutlined, EnvironmentOutlined, ExportOutlined, EyeOutlined, FileProtectOutlined, FileSearchOutlined, HighlightOutlined, HistoryOutlined, HomeOutlined, KeyOutlined, LinkOutlined, ProfileOutlined, SafetyCertificateOutlined, SolutionOutlined, TeamOutlined, UserSwitchOutlined, VideoCameraOutlined,
} from '@ant-design/icons'
import type { ReactNode } from 'react'

import type { Page } from './roles'

export const NAV_ICONS: Record<Page, ReactNode> = {
  workbench: <HomeOutlined />,
  live: <DesktopOutlined />,
  playback: <HistoryOutlined />,
  uses: <LinkOutlined />,
  places: <BankOutlined />,
  map: <EnvironmentOutlined />,
  cameras: <VideoCameraOutlined />,
  register: <BookOutlined />,
  systems: <ClusterOutlined />,
  filings: <SolutionOutlined />,
  removals: <DisconnectOutlined />,
  requests: <FileProtectOutlined />,
  complaints: <CommentOutlined />,
  plan: <ProfileOutlined />,
  exports: <ExportOutlined />,
  ledger: <AuditOutlined />,
  redactions: <HighlightOutlined />,
  audit: <EyeOutlined />,
  rights: <KeyOutlined />,
  private: <UserSwitchOutlined />,
  leaks: <FileSearchOutlined />,
  storage: <DatabaseOutlined />,
  verify: <SafetyCertificateOutlined />,
  people: <TeamOutlined />,
  organs: <ApartmentOutlined />,
}
