"use strict";exports.id=946,exports.ids=[946],exports.modules={9946:(function(m,s,n){n.r(s),n.d(s,{versionCommand:()=>o});var d=n(207);const o=({out:i})=>(i.write(`${d.x}
`),0)})};
