/** A clock that jumped: what it did, and what the two persons do who let expiry go on. */
export const keeping = {
  'zh-CN': {
    clock: {
      title: '时钟跳变', frozen: '到期清除已暂停', forward: '系统时钟向前跳了 {{length}}', back: '系统时钟向后跳了 {{length}}',
      seen: { start: '（两次启动之间；停机超过一天也会如此）', lost: '（时钟的记录已丢失，无法核对）' },
      found: '发现时的读数', expected: '当时应为', now: '现在的读数',
      first: '第一人', second: '第二人', awaitsFirst: '待系统管理员核对时钟并声明准确', awaitsSecond: '待单位负责人确认', vouchedBy: '{{name}} 于 {{time}} 声明时钟准确',
      step: { vouch: '声明时钟准确', confirm: '确认并恢复清除', doubt: '时钟不准，退回' },
      onlyFirst: '由系统管理员办理', onlySecond: '由单位负责人办理，声明人不得自行确认',
      meanwhile: '录像照常进行，期间不清除任何录像；空间不足时停止录像，不删除期限内的录像。',
      reads: '系统时钟现在为 {{time}}', how: '核对方法', why: '不准之处', example: '例如：与北京时间授时核对，相差不到一秒',
      follows: { vouch: '声明记入账本，待单位负责人确认后恢复到期清除。', confirm: '确认记入账本，到期清除随即恢复；跳变以前的录像按较晚的期限保存。', doubt: '退回记入账本，到期清除继续暂停。请先校准系统时钟。' },
      done: { vouch: '已声明，待第二人确认', confirm: '已确认，几秒内恢复清除', doubt: '已退回' },
    },
  },
  'en-US': {
    clock: {
      title: 'The clock jumped', frozen: 'Expiry stands still', forward: 'The system clock went forward by {{length}}', back: 'The system clock went back by {{length}}',
      seen: { start: ' (between two starts; a machine that was off for more than a day looks the same)', lost: ' (what was known of the clock is lost, so it cannot be compared)' },
      found: 'Read when noticed', expected: 'Should have read', now: 'Reads now',
      first: 'First person', second: 'Second person', awaitsFirst: 'an administrator is to check the clock and vouch for it', awaitsSecond: "the unit's manager is to confirm", vouchedBy: '{{name}} vouched for the clock at {{time}}',
      step: { vouch: 'Vouch for the clock', confirm: 'Confirm and let expiry go on', doubt: 'The clock is wrong' },
      onlyFirst: 'Done by an administrator', onlySecond: "Done by the unit's manager; nobody confirms what he vouched for",
      meanwhile: 'Recording goes on and nothing is deleted meanwhile; when space runs out recording stops, footage inside its term is not deleted.',
      reads: 'The system clock now reads {{time}}', how: 'How it was checked', why: 'What is wrong', example: 'For example: compared with a time service, less than a second apart',
      follows: { vouch: "It is entered in the ledger; expiry goes on once the unit's manager has confirmed.", confirm: 'It is entered in the ledger and expiry goes on; footage from before the jump is kept to the later deadline.', doubt: 'It is entered in the ledger and expiry stays frozen. Set the clock right first.' },
      done: { vouch: 'Vouched for; a second person is to confirm', confirm: 'Confirmed; expiry goes on within seconds', doubt: 'Sent back' },
    },
  },
}
