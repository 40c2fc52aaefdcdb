/** The map and the list beside it. */
export const map = {
  'zh-CN': {
    map: {
      title: '地图', purpose: '场所和摄像机的位置、状态与覆盖方向；列表内容相同，可用键盘操作', canvas: '地图：方向键移动，加减号缩放', zoomIn: '放大', zoomOut: '缩小',
      search: '搜索名称、地址、编码', kind: '类别', place: '场所', camera: '摄像机', state: '状态', where: '位置', list: '列表',
      inView: '只列图中范围', box: '框选', boxHint: '在图上拖出一个矩形', all: '取消范围', count: '共 {{count}} 个', here: '此处有 {{count}} 个',
      empty: '没有可以显示的场所和摄像机', nothing: '没有符合条件的', nowhere: '没有位置', noneDrawn: '还没有登记位置的场所和摄像机，图上没有可画的内容',
      unsited: '本单位有 {{count}} 台摄像机尚未登记安装场所，不在图上', cut: '对象太多，只显示一部分；请按县级区域查看', unplaced: '{{count}} 个没有登记位置，只在列表中',
      datum: '坐标系', otherDatum: '另有 {{count}} 个按其他坐标系登记，不画在此图上；系统不作坐标转换',
      noMap: '此浏览器不能绘制地图（需要 WebGL 2），请使用列表', cameraOf: '{{place}}的摄像机', number: '编码', noNumber: '尚无编码', address: '地址', direction: '方向', field: '水平视场角', range: '可视距离',
      degrees: '{{n}}°', metres: '{{n}} 米', openPlace: '查看场所', openSystem: '查看视频系统', openCamera: '查看摄像机', playback: '回放', show: '在图上显示', cameras: '此场所的摄像机',
      foreign: '其他单位的摄像机：只显示位置和编码，看不到图像', floors: '平面图', noPlan: '平面图无法显示', onFloor: '{{name}}：{{count}} 台摄像机', planPart: '摄像机 {{n}}', noFloorCameras: '此层平面图上没有摄像机',
      required: '必装部位', requiredHint: '在图上和列表中显示必装部位及其覆盖情况', part: '必装部位',
      coverRule: '部位上有登记在用并正常录像的摄像机，才算已覆盖；情况不明的不计为已覆盖', planned: '规划中的部位，场所尚未登记', shields: '盾形：必装部位（✓ 已覆盖，✗ 未覆盖，? 未测）',
      legend: '图例', cluster: '数字：聚集的个数，红圈内有离线或未覆盖的', sector: '放大后显示覆盖方向和范围',
    },
    datum: { cgcs2000: 'CGCS2000（国家大地坐标系）', gcj02: 'GCJ-02', wgs84: 'WGS 84' },
    markState: { recording: '录像正常', offline: '离线', starting: '正在启动', stopped: '未录像', on_record: '已登记', draft: '登记未完成', covered: '已覆盖', uncovered: '未覆盖', unknown: '未测' },
  },
  'en-US': {
    map: {
      title: 'Map', purpose: 'Where places and cameras are, how they do and where they look; the list beside it says the same and works by keyboard', canvas: 'Map: arrow keys move it, plus and minus zoom', zoomIn: 'Zoom in', zoomOut: 'Zoom out',
      search: 'Search name, address, number', kind: 'Kind', place: 'Place', camera: 'Camera', state: 'State', where: 'Position', list: 'List',
      inView: 'Only what is in view', box: 'Draw a box', boxHint: 'Drag a rectangle on the map', all: 'Everywhere again', count: '{{count}} in all', here: '{{count}} at this spot',
      empty: 'There are no places or cameras to show', nothing: 'Nothing fits', nowhere: 'no position', noneDrawn: 'No place or camera has a position on record: there is nothing to draw',
      unsited: 'Cameras of the unit without a place on record, not on the map: {{count}}', cut: 'Too many objects: only a part is shown; look by county', unplaced: '{{count}} have no position on record and are in the list only',
      datum: 'Datum', otherDatum: '{{count}} more are on record in another datum and are not drawn here; nothing is converted',
      noMap: 'This browser cannot draw the map (WebGL 2 is needed); use the list', cameraOf: 'Camera at {{place}}', number: 'Number', noNumber: 'no number yet', address: 'Address', direction: 'Direction', field: 'Horizontal field', range: 'Range',
      degrees: '{{n}}°', metres: '{{n}} m', openPlace: 'Open the place', openSystem: 'Open the system', openCamera: 'Open the camera', playback: 'Playback', show: 'Show on the map', cameras: 'Cameras at this place',
      foreign: 'Of another unit: position and number only, no picture', floors: 'Floor plans', noPlan: 'The plan cannot be shown', onFloor: '{{name}}, cameras: {{count}}', planPart: 'Camera {{n}}', noFloorCameras: 'No camera is on this floor plan',
      required: 'Required parts', requiredHint: 'Show the required parts and whether they are covered, on the map and in the list', part: 'Required part',
      coverRule: 'Covered means: a camera on record and in use there records; what is not known is not counted as covered', planned: 'A planned part: its place is not on record yet', shields: 'Shield: required part (✓ covered, ✗ not covered, ? not measured)',
      legend: 'Legend', cluster: 'Number: so many together; red ring: one of them is offline or not covered', sector: 'Nearer, directions and ranges are drawn',
    },
    datum: { cgcs2000: 'CGCS2000 (national)', gcj02: 'GCJ-02', wgs84: 'WGS 84' },
    markState: { recording: 'recording', offline: 'offline', starting: 'starting', stopped: 'not recording', on_record: 'on record', draft: 'record unfinished', covered: 'covered', uncovered: 'not covered', unknown: 'not measured' },
  },
}
