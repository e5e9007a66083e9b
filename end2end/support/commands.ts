import { expect, type APIRequestContext, type APIResponse } from "@playwright/test";

/** Sets the stage with the commands the pages send, without a page: what a test is not about need not be clicked. */
export class Commands {
  constructor(readonly request: APIRequestContext) {}

  async signUp(name: string, password: string): Promise<void> {
    await this.form("sign_up", { name, password });
  }

  /** Signs up where nobody has the name yet, and in where somebody does: with this password. */
  async signUpOrIn(name: string, password: string): Promise<void> {
    const form = { name, password };
    await this.request.post("/command/sign_up", { form, maxRedirects: 0 });
    const me = await this.send("me", {});
    if ((await me.json()) === null) await this.form("sign_in", form);
  }

  /** Creates a book and tells its id. */
  async createBook(title: string): Promise<string> {
    const answer = await this.form("create_book", { title });
    const id = answer.headers()["location"]?.match(/^\/book\/([A-Za-z0-9]+)$/)?.[1];
    expect(id, "creating a book leads to it").toBeTruthy();
    return id!;
  }

  /** Adds a chapter at the end, or at the end of a section, and tells its id. */
  async addChapter(book: string, title: string, section: string | null = null): Promise<string> {
    return this.addPart(book, "chapter", title, section);
  }

  async addSection(book: string, title: string, section: string | null = null): Promise<string> {
    return this.addPart(book, "section", title, section);
  }

  /** Invites somebody, or gives a member another role. */
  async setMember(book: string, name: string, role: "reader" | "editor" | "owner"): Promise<void> {
    await this.must("set_member", { book, name, role });
  }

  /** Invites somebody, who accepts. */
  async letIn(
    book: string,
    who: { name: string; does: Commands },
    role: "reader" | "editor" | "owner",
  ): Promise<void> {
    await this.setMember(book, who.name, role);
    await who.does.accept(book);
  }

  /** Takes a member out. */
  async removeMember(book: string, who: { name: string }): Promise<void> {
    const { members } = (await this.openBook(book)).snapshot.state;
    const member = members.find(({ person }) => person.name === who.name);
    await this.must("remove_member", { book, person: member?.person.id });
  }

  /** Accepts an invitation. */
  async accept(book: string): Promise<void> {
    const answer = await this.form("accept_invitation", { book });
    expect(answer.headers()["location"]).toBe(`/book/${book}`);
  }

  /** Shows readers of a public book everything, or the text only. */
  async showReaders(book: string, sees: "text" | "everything"): Promise<void> {
    await this.must("set_readers_see", { book, sees });
  }

  async publish(book: string): Promise<void> {
    await this.must("set_visibility", { book, visibility: "public" });
  }

  async say(book: string, text: string): Promise<APIResponse> {
    return this.send("say", { book, text });
  }

  async openBook(book: string): Promise<OpenedBook> {
    return (await this.must("open_book", { book })) as OpenedBook;
  }

  /** A chapter's text as it is stored now, as the server shows it. */
  async chapterHtml(book: string, part: string): Promise<string> {
    const snapshot = await this.must("open_chapter", { book, part });
    return (snapshot as { state: { html: string } }).state.html;
  }

  /** The same without its markup: the text of its blocks, one after the other. */
  async chapterText(book: string, part: string): Promise<string> {
    return (await this.chapterHtml(book, part)).replaceAll(/<[^>]*>/g, "");
  }

  /** Posts a command, whatever becomes of it. */
  async send(command: string, data: object): Promise<APIResponse> {
    return this.request.post(`/command/${command}`, { data, headers: { accept: "application/json" } });
  }

  private async addPart(book: string, kind: string, title: string, parent: string | null): Promise<string> {
    return (await this.must("add_part", {
      book,
      kind,
      title,
      place: { parent, before: null },
    })) as string;
  }

  private async must(command: string, data: object): Promise<unknown> {
    const answer = await this.send(command, data);
    expect(answer.status(), `${command}: ${await answer.text()}`).toBe(200);
    return answer.json();
  }

  private async form(command: string, form: Record<string, string>): Promise<APIResponse> {
    const answer = await this.request.post(`/command/${command}`, {
      form,
      headers: { accept: "text/html" },
      maxRedirects: 0,
    });
    expect(answer.status(), `${command}: ${await answer.text()}`).toBe(302);
    return answer;
  }
}

export interface OpenedBook {
  snapshot: {
    state: {
      title: string;
      parts: { id: string; title: string }[];
      chat: { text: string }[];
      members: { person: { id: string; name: string } }[];
    };
  };
}
