import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse('{"title":"Interface: Cascade","description":"","frontmatter":{},"headers":[],"relativePath":"docs/api/interfaces/Cascade.md","filePath":"docs/api/interfaces/Cascade.md"}');
const _sfc_main = { name: "docs/api/interfaces/Cascade.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(`<div${ssrRenderAttrs(_attrs)}><h1 id="interface-cascade" tabindex="-1">Interface: Cascade <a class="header-anchor" href="#interface-cascade" aria-label="Permalink to &quot;Interface: Cascade&quot;">​</a></h1><p>A cascade that was made, with what it saves.</p><h2 id="extends" tabindex="-1">Extends <a class="header-anchor" href="#extends" aria-label="Permalink to &quot;Extends&quot;">​</a></h2><ul><li><code>Readonly</code>&lt;<code>CascadeFile</code>[<code>&quot;measured&quot;</code>]&gt;</li></ul><h2 id="properties" tabindex="-1">Properties <a class="header-anchor" href="#properties" aria-label="Permalink to &quot;Properties&quot;">​</a></h2><table tabindex="0"><thead><tr><th>Property</th><th>Modifier</th><th>Type</th><th>Description</th><th>Inherited from</th></tr></thead><tbody><tr><td><a id="property-eer"></a> <code>eer</code></td><td><code>readonly</code></td><td><code>number</code></td><td>-</td><td><code>Readonly.eer</code></td></tr><tr><td><a id="property-heavyeer"></a> <code>heavyEer</code></td><td><code>readonly</code></td><td><code>number</code></td><td>-</td><td><code>Readonly.heavyEer</code></td></tr><tr><td><a id="property-lightshare"></a> <code>lightShare</code></td><td><code>readonly</code></td><td><code>number</code></td><td>-</td><td><code>Readonly.lightShare</code></td></tr><tr><td><a id="property-nclips"></a> <code>nClips</code></td><td><code>readonly</code></td><td><code>number</code></td><td>Clips that it was fitted on.</td><td>-</td></tr><tr><td><a id="property-savedshare"></a> <code>savedShare</code></td><td><code>readonly</code></td><td><code>number</code></td><td>-</td><td><code>Readonly.savedShare</code></td></tr><tr><td><a id="property-secondsperclip"></a> <code>secondsPerClip</code></td><td><code>readonly</code></td><td><code>object</code></td><td>-</td><td><code>Readonly.secondsPerClip</code></td></tr><tr><td><code>secondsPerClip.heavy</code></td><td><code>public</code></td><td><code>number</code></td><td>-</td><td>-</td></tr><tr><td><code>secondsPerClip.light</code></td><td><code>public</code></td><td><code>number</code></td><td>-</td><td>-</td></tr></tbody></table></div>`);
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add("docs/api/interfaces/Cascade.md");
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const Cascade = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export {
  __pageData,
  Cascade as default
};
