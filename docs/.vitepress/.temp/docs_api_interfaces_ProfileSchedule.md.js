import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"Interface: ProfileSchedule","description":"","frontmatter":{},"headers":[],"relativePath":"docs/api/interfaces/ProfileSchedule.md","filePath":"docs/api/interfaces/ProfileSchedule.md"}');
const _sfc_main = { name: "docs/api/interfaces/ProfileSchedule.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="interface-profileschedule" tabindex="-1">Interface: ProfileSchedule <a class="header-anchor" href="#interface-profileschedule" aria-label="Permalink to &quot;Interface: ProfileSchedule&quot;">​</a></h1><p>Which steps are measured.</p><h2 id="properties" tabindex="-1">Properties <a class="header-anchor" href="#properties" aria-label="Permalink to &quot;Properties&quot;">​</a></h2><table tabindex="0"><thead><tr><th>Property</th><th>Modifier</th><th>Type</th><th>Description</th></tr></thead><tbody><tr><td><a id="property-active"></a> <code>active</code></td><td><code>readonly</code></td><td><code>number</code></td><td>Steps that are measured.</td></tr><tr><td><a id="property-wait"></a> <code>wait</code></td><td><code>readonly</code></td><td><code>number</code></td><td>Steps that run as ever: the first of each shape is recorded.</td></tr><tr><td><a id="property-warmup"></a> <code>warmup</code></td><td><code>readonly</code></td><td><code>number</code></td><td>Steps that are measured and forgotten: caches and sessions fill.</td></tr></tbody></table></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("docs/api/interfaces/ProfileSchedule.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const ProfileSchedule = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  ProfileSchedule as default
};
