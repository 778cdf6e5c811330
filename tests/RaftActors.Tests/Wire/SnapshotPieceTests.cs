namespace RaftActors.Tests.Wire;

/// <summary>
/// The size of the chunks of a snapshot on the wire. A chunk that is larger than a frame of the transport can never be sent.
/// </summary>
public sealed class SnapshotPieceTests
{
    private const int PieceBytes = 64_000;

    /// <summary>Names, the configuration and numbers: the message without sessions and bytes.</summary>
    private const int EnvelopeSizeMax = 1000;

    private static readonly ImmutableArray<Member> Members =
        [.. Enumerable.Range(1, 3).Select(i => new Member(new ProcessName($"raft{i}@node{i}.example.org"), IncarnationOf(i)))];

    private static readonly GroupUid Group = new(new Guid(9, 0, 0, new byte[8]));

    private static readonly LogPosition Position = new(new LogIndex(1_000_000), new Term(1), new Serial(900_000), 1);

    [Theory]
    [InlineData(1, 35)] // One request after the other: 3 bytes each.
    [InlineData(long.MaxValue / 256, 131)] // Anything that a request's place can be.
    public void Maximum_sessions_are_sent_in_chunks_that_fit_into_a_frame(long step, int piecesMax)
    {
        var sessions = Sessions(step);

        var pieces = Sent(new Snapshot(Position, new LogIndex(1), new Configuration(Group, 3, Members, [], [], []), sessions, 150_000));

        Assert.All(pieces, piece => Assert.InRange(SizeOf(piece), 1, PieceBytes + EnvelopeSizeMax));
        Assert.Equal(sessions, pieces.SelectMany(piece => piece.Sessions));
        Assert.InRange(pieces.Count(piece => !piece.Sessions.IsEmpty), 2, piecesMax);
        Assert.Equal(150_000, pieces.Sum(piece => piece.Data.Length));
    }

    private static ImmutableArray<SessionState> Sessions(long step)
    {
        var random = new Random(1);
        AnsweredRequest At(long i) => step == 1
            ? new AnsweredRequest(i, new LogIndex(100_000 + i), new Serial(90_000 + i))
            : new AnsweredRequest(i * step, new LogIndex(random.NextInt64()), new Serial(random.NextInt64()));
        SessionState Of(int origin) => new(
            new Member(new ProcessName($"Größe{origin}@node1.example.org"), IncarnationOf(1000 + origin)),
            0,
            new Serial(long.MaxValue),
            [.. Enumerable.Range(1, Snapshot.MaxRequests / Snapshot.MaxSessions).Select(i => At(i))]);
        return [.. Enumerable.Range(1, Snapshot.MaxSessions).Select(Of)];
    }

    /// <summary>The chunks that raft1, the leader, sends to raft3 until it has all, without heartbeats.</summary>
    private static List<Message.SnapshotChunk> Sent(Snapshot snapshot)
    {
        var options = new CoreOptions
        {
            Self = Members[0],
            Roster = [.. Members.Select(member => member.Name)],
            FoundingUid = Group,
            Seed = 1,
            SnapshotChunkBytes = PieceBytes,
        };
        var hardState = new HardState(new Term(1), null, [.. Members.Select(member => new PeerRecord(member, default))])
        {
            IsAdmitted = true,
            Group = Group,
        };
        var core = new RaftCore(options, new InitialState(hardState, []) { Base = Position, Snapshot = snapshot });
        var sent = new List<Message.SnapshotChunk>();
        Lead(core);
        var answers = new Queue<Message>([new Message.AppendEntriesReply(false, LogIndex.Zero, Term.Zero, IsAdmitted: true)]);
        while (answers.TryDequeue(out var answer))
        {
            foreach (var piece in Step(core, Received(core, Members[2], answer)).Where(piece => !piece.IsEmpty))
            {
                sent.Add(piece);
                var next = piece.Place + piece.Sessions.Length + piece.Data.Length;
                answers.Enqueue(new Message.SnapshotChunkReply(Position, next, piece.Round));
            }
        }

        return sent;
    }

    private static void Lead(RaftCore core)
    {
        Step(core, new Input.Persisted(default));
        while (core.Role == RaftRole.Follower)
        {
            Step(core, Input.Tick.Instance);
        }

        Step(core, Received(core, Members[1], new Message.RequestVoteReply(Granted: true, IsPreVote: true, core.Boot), core.Term.Next));
        Step(core, Received(core, Members[1], new Message.RequestVoteReply(Granted: true, IsPreVote: false, core.Boot)));
    }

    private static Input.Receive Received(RaftCore core, Member from, Message body, Term? term = null) =>
        new(new Core.Envelope(from, Members[0], Group, term ?? core.Term, default, body));

    /// <summary>The filled chunks of one step, with writes that are durable at once.</summary>
    private static List<Message.SnapshotChunk> Step(RaftCore core, Input input)
    {
        var pieces = new List<Message.SnapshotChunk>();
        var inputs = new Queue<Input>([input]);
        while (inputs.TryDequeue(out var next))
        {
            foreach (var effect in core.Step(next))
            {
                switch (effect)
                {
                    case Effect.Persist persist:
                        inputs.Enqueue(new Input.Persisted(persist.Ticket));
                        break;
                    case Effect.Send { Envelope.Body: Message.SnapshotChunk piece }:
                        pieces.Add(piece);
                        break;
                    case Effect.SendChunk { Envelope.Body: Message.SnapshotChunk piece } sending:
                        var size = Math.Min(sending.Limit, piece.Snapshot.Length - sending.Offset);
                        pieces.Add(piece with { Data = new byte[size] });
                        break;
                }
            }
        }

        return pieces;
    }

    private static int SizeOf(Message.SnapshotChunk piece)
    {
        var writer = new ByteWriter();
        WireTable.Write(writer, new WireMessage.CoreMessage(new Core.Envelope(Members[0], Members[2], Group, new Term(1), default, piece)));
        return writer.Length;
    }

    private static Incarnation IncarnationOf(int number) => new(new Guid(number, 2, 3, [4, 5, 6, 7, 8, 9, 10, 11]));
}
