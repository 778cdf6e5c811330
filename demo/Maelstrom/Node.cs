using System.Text.Json;
using System.Text.Json.Nodes;

using Akka.Actor;

using RaftActors;

namespace Maelstrom;

/// <summary>
/// One node: reads messages of Maelstrom, starts raft when it is told the names of all nodes, and answers clients.
/// </summary>
/// <param name="write">Writes a line to Maelstrom.</param>
/// <param name="folder">The folder of the log; null: the log is in memory.</param>
internal sealed class Node(Action<string> write, string? folder)
{
    private const int Malformed = 12;
    private const int NotAvailable = 11;
    private const int NotSupported = 10;
    private const int Crash = 13;
    private const int TimedOut = 0;

    private RaftNode? _raft;

    /// <summary>Handles the messages of an input until it ends.</summary>
    /// <returns>The exit code of the program: 1 if raft could not start.</returns>
    public async Task<int> RunAsync(TextReader input)
    {
        while (await input.ReadLineAsync() is { } line)
        {
            if (line.AsSpan().Trim().IsEmpty)
            {
                continue;
            }

            try
            {
                Handle(line);
            }
            catch (StartException e)
            {
                Console.Error.WriteLine($"Maelstrom: {e.Message}");
                return 1;
            }
        }

        if (_raft is { } raft)
        {
            await raft.StopAsync();
        }

        return 0;
    }

    private void Handle(string line)
    {
        if (Message.Read(line, out var fault) is not { } message)
        {
            Console.Error.WriteLine($"Maelstrom: a line is no message, because {fault}: {line[..Math.Min(line.Length, 200)]} (--help)");
            return;
        }

        switch (message.Type)
        {
            case "init":
                Start(message);
                break;
            case MaelstromTransport.BodyType:
                // Before the init it is lost, as by a network.
                _raft?.Transport.Receive(message.Source, message.Body);
                break;
            case "read" or "write" or "cas" or "txn":
                Answer(message);
                break;
            default:
                Reply(message, Store.Error(NotSupported, $"This node knows no '{message.Type}'."));
                break;
        }
    }

    private void Start(Message init)
    {
        if (init.Body["node_id"] is not JsonValue id || init.Body["node_ids"] is not JsonArray ids)
        {
            Reply(init, Store.Error(Malformed, "An init has a node_id and node_ids."));
            return;
        }

        _raft ??= RaftNode.Start($"{id}", [.. ids.Select(each => $"{each}")], folder, write);
        Reply(init, new JsonObject { ["type"] = "init_ok" });
    }

    private void Answer(Message message)
    {
        if (_raft is not { } raft)
        {
            Reply(message, Store.Error(NotAvailable, "This node was not initialized."));
        }
        else if (Store.FindFault(message.Body) is { } fault)
        {
            Reply(message, Store.Error(Malformed, $"The request cannot be done, because {fault}."));
        }
        else
        {
            _ = AnswerAsync(message, raft.Store);
        }
    }

    // Akka's Ask has no limit of time here: an Append and a Query have one, and both end with an outcome.
    private async Task AnswerAsync(Message message, IActorRef store)
    {
        try
        {
            var outcome = Store.IsRead(message.Body)
                ? await store.Ask<object>(new StoreActor.Read(message.Body))
                : await store.Ask<object>(new StoreActor.Change(message.Body.ToJsonString()));
            Reply(message, ToBody(outcome));
        }
        catch (Exception e)
        {
            Reply(message, Store.Error(Crash, e.Message));
        }
    }

    // An error is definite only if the operation can never happen.
    private static JsonObject ToBody(object outcome) => outcome switch
    {
        Outcome<object?> { HasResult: true, Result: string answer } => Parse(answer),
        Outcome<object?> { Failure: { } failure } => Store.Error(NotAvailable, failure.Detail),
        Outcome<string> { HasResult: true } done => Parse(done.Result),
        Outcome<string> { Failure: { Kind: FailureKind.NotDone } refused } => Store.Error(NotAvailable, refused.Detail),
        Outcome<string> { Failure.Reason: FailureReason.TimedOut } => Store.Error(TimedOut, "No commit was seen in time."),
        _ => Store.Error(Crash, $"The outcome is not known: {outcome}"),
    };

    private static JsonObject Parse(string answer) => JsonNode.Parse(answer)!.AsObject(); // Justification: the store wrote it.

    private void Reply(Message message, JsonObject body)
    {
        if (message.Id is not { } id)
        {
            return;
        }

        body["in_reply_to"] = id;
        var reply = new JsonObject { ["src"] = message.Target, ["dest"] = message.Source, ["body"] = body };
        write(reply.ToJsonString(JsonSerializerOptions.Default));
    }
}
