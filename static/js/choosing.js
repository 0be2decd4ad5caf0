// @ts-check
/** Which menu of labels opens where: for entities, relations and the whole document. */
import { byId } from "./element.js";
import { isEntity, isRelation, offered } from "./schema.js";
import { blockAt } from "./text.js";

const FIND = 10; // labels that a menu has without a field to type into

/** @typedef {import("./schema.js").Relation} Relation */

/** Opens the menus of one document. */
export class Choosing {
  /**
   * @param {object} parts
   * @param {import("./chooser.js").Chooser} parts.chooser
   * @param {import("./keymap.js").Keymap} parts.keymap
   * @param {import("./palette.js").Palette} parts.palette
   * @param {import("./render.js").Article} parts.article
   * @param {import("./dom.js").Surface} parts.surface
   * @param {import("./tokens.js").Tokens} parts.tokens
   * @param {import("./view.js").View} parts.view
   * @param {import("./commands.js").Commands} parts.commands
   * @param {import("./refining.js").Refining} parts.refining
   * @param {(words: string) => void} parts.say
   */
  constructor(parts) {
    this.parts = parts;
    this.scheme = parts.commands.scheme;
  }

  /** Open the menu of entity labels beside the selection, the focused entity or the cursor; that of relation labels at a focused relation. @param {boolean} find */
  label(find) {
    const { commands, view, surface, keymap, palette, chooser } = this.parts;
    const item = commands.focused;
    if (isRelation(item)) return this.#again(item);
    const span = view.look.selection ?? (isEntity(item) ? item : null) ?? this.#word();
    const box = span && surface.boxes(span.start, span.end).at(-1);
    if (!span || !box) return;
    const choices = offered(this.scheme.entities).map(({ name, description }) => ({ name, description, key: keymap.keyOf("label", name), color: palette.of(name) }));
    const open = find || choices.length > FIND;
    chooser.open(box, isEntity(item) ? "Change the label" : "Label as", [...choices, ...this.#further(span)], (name) => this.#labeled(name), { find: open });
  }

  /** Open a menu of relation labels beside an entity. @param {string} id @param {string} title @param {string[]} names @param {(name: string) => void} onChoose */
  relation(id, title, names, onChoose) {
    const { article, keymap, chooser, say } = this.parts;
    const box = article.marks(id)[0]?.getClientRects()[0];
    if (!box) return;
    const choices = names.map((name) => ({ name, description: this.scheme.relation(name)?.description ?? "", key: keymap.keyOf("relation", name), color: "" }));
    chooser.open(box, title, choices, onChoose);
    say(`${title}: ${choices.map(({ name, key }) => `${key} ${name}`).join(", ")}`);
  }

  /** Open the menu of the labels of the whole document; digits choose, too. */
  category() {
    const { chooser, refining, say } = this.parts;
    const categories = offered(this.scheme.categories);
    if (!categories.length) return say("This project has no labels for whole documents. Managers add them under Settings, Scheme.");
    const given = new Set([...refining.store.categories.values()].map(({ label }) => label));
    const choices = categories.map(({ name, description, group }, index) => ({
      name, description, words: group ? `${group}: ${name}` : name, key: index < 9 ? String(index + 1) : "", color: "", on: given.has(name),
    }));
    const place = byId("palette").querySelector("[data-command=category]") ?? byId("palette");
    chooser.open(place.getBoundingClientRect(), "Label the document", choices, (name) => refining.categorize(name), { find: true });
  }

  /** Open the menu of the values that the label of the focused annotation declares; what holds is taken away. Returns whether there are any. @param {() => void} onOther writes another attribute */
  attribute(onOther) {
    const { refining, chooser, article } = this.parts;
    const item = refining.qualified;
    const pairs = item ? refining.declared(item).flatMap(({ name, values }) => values.map((value) => ({ name, value }))) : [];
    const box = item && article.marks(isEntity(item) ? item.id : item.head)[0]?.getClientRects()[0];
    if (!item || !box || !pairs.length) return false;
    const choices = pairs.map(({ name, value }, index) => ({
      name: String(index), words: `${name}: ${value}`, key: index < 9 ? String(index + 1) : "", color: "value", description: "", on: item.attributes?.[name] === value,
    }));
    const other = { name: "", words: "Another attribute", key: "0", color: "value further", description: "Write its name and value" };
    chooser.open(box, "Attributes", [...choices, other], (chosen) => {
      if (!chosen) return onOther();
      const { name, value } = pairs[Number(chosen)];
      refining.setAttribute(item.id, name, item.attributes?.[name] === value ? null : value);
    });
    return true;
  }

  /** @param {string} name "" for the offer to add a part */
  #labeled(name) {
    if (name) this.parts.commands.label(name);
    else this.parts.refining.addPart();
  }

  /** The offer to add a selection to the entity focused before it, in the same paragraph. @param {import("./tokens.js").Span} span */
  #further(span) {
    const { view, refining, commands, keymap } = this.parts;
    const entity = view.look.selection || view.look.guess ? refining.grown : undefined;
    if (!entity || blockAt(commands.blocks, entity.start) !== blockAt(commands.blocks, span.start)) return [];
    return [{ name: "", words: `Add to “${commands.wording.words(entity, 20)}”`, key: keymap.keyOf("addPart"), color: "further", description: "It becomes a part of that entity" }];
  }

  #word() {
    const { view, tokens } = this.parts;
    return view.look.caret >= 0 ? tokens.span(view.look.caret) : null;
  }

  /** @param {Relation} relation */
  #again(relation) {
    const { suggestions } = this.parts.commands;
    const [head, tail] = [relation.head, relation.tail].map((id) => suggestions.end(id));
    if (!head || !tail) return;
    const names = this.scheme.between(head.label, tail.label).map(({ name }) => name);
    this.relation(head.id, "Change the relation", names, (name) => {
      const now = this.parts.commands.focused;
      if (isRelation(now)) this.parts.commands.relabelRelation(now, name);
    });
  }
}
