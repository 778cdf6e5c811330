using Akka.Actor;
using Akka.TestKit.Xunit2;

using RaftActors.Testing;

namespace RaftActors.Examples;

/// <summary>The actor of the front page.</summary>
public sealed class NotebookTests : TestKit
{
    [Fact]
    public async Task Notebook_fetches_what_it_lacks_appends_a_note_and_serves_both()
    {
        var asked = CreateTestProbe();
        var group = new ScriptedGroup<string>(Sys, asked, [("note", "milk"), ("note", "bread")]);
        var notebook = Sys.ActorOf(Props.Create(() => new Notebook()), "notes");
        group.Found();

        group.Answer(await asked.ExpectMsgAsync<FromActor<string>.Get>());
        group.Answer(await asked.ExpectMsgAsync<FromActor<string>.Get>());
        notebook.Tell("eggs", TestActor);
        group.Commit(await asked.ExpectMsgAsync<FromActor<string>.Append>());

        var done = await ExpectMsgAsync<Outcome<int>>();
        Assert.Equal((new Serial(3), 3), (done.Serial, done.Result));
        Assert.Equal("bread", (await group.AskAsync(new Serial(2)))?.Value);
    }
}
