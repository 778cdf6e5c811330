namespace RaftActors.Core.Tests.Codec;

/// <summary>Sessions are written as differences, which are checked as they are read: a bad one would change all after it.</summary>
public sealed class SessionFormatTests
{
    [Fact]
    public void Requests_one_after_the_other_take_3_bytes_each()
    {
        var full = Session(0, [.. Enumerable.Range(1, SessionState.MaxAnswered).Select(i => Request(i, i, i))]);

        Assert.Equal(3 * (SessionState.MaxAnswered - 1), Write([full]).Length - Write([Session(0, full.Answered[0])]).Length - 1);
    }

    [Theory]
    [InlineData(0, 1, 2, 3, 2, 3, 4)]
    [InlineData(7, 8, 300, 200, 900, 1, 0)]
    [InlineData(0, 1, long.MaxValue, 0, long.MaxValue, 0, long.MaxValue)]
    public void Two_requests_in_order_are_read_back(
        long forgotten, long number, long index, long serial, long nextNumber, long nextIndex, long nextSerial)
    {
        var session = Session(forgotten, Request(number, index, serial), Request(nextNumber, nextIndex, nextSerial));

        var back = Assert.Single(Read(Write([session])));

        Assert.Equal((session.Origin, session.Forgotten, session.Latest), (back.Origin, back.Forgotten, back.Latest));
        Assert.Equal<IEnumerable<AnsweredRequest>>(session.Answered, back.Answered);
    }

    [Theory]
    [InlineData(5, 5, 1, 1)] // Forgotten and remembered.
    [InlineData(5, 4, 1, 1)]
    [InlineData(0, 1, -1, 1)]
    [InlineData(0, 1, 1, -1)]
    [InlineData(0, -1, 1, 1)]
    [InlineData(1, long.MinValue, 1, 1)] // Overflows.
    public void Request_out_of_its_range_is_refused(long forgotten, long number, long index, long serial) =>
        Assert.Throws<InvalidDataException>(() => Read(Write([Session(forgotten, Request(number, index, serial))])));

    [Fact]
    public void Repeated_request_is_refused() =>
        Assert.Throws<InvalidDataException>(() => Read(Write([Session(0, Request(3, 1, 1), Request(3, 2, 2))])));

    [Fact]
    public void Session_with_too_many_requests_is_refused()
    {
        var session = Session(0, [.. Enumerable.Range(1, SessionState.MaxAnswered + 1).Select(i => Request(i, i, i))]);

        Assert.Throws<InvalidDataException>(() => Read(Write([session])));
    }

    [Fact]
    public void Too_many_sessions_are_refused() =>
        Assert.Throws<InvalidDataException>(() => Read(Write([.. Enumerable.Repeat(Session(1), Snapshot.MaxOrigins + 1)])));

    [Fact]
    public void Sessions_with_too_many_requests_together_are_refused()
    {
        var full = Session(0, [.. Enumerable.Range(1, SessionState.MaxAnswered).Select(i => Request(i, i, i))]);
        var most = Enumerable.Repeat(full, Snapshot.MaxRequests / SessionState.MaxAnswered);

        Assert.Equal(Snapshot.MaxRequests, SessionState.RequestsOf(Read(Write([.. most]))));
        Assert.Throws<InvalidDataException>(() => Read(Write([.. most, Session(0, Request(1, 1, 1))])));
    }

    [Fact]
    public void Closed_origins_of_an_entry_are_read_back_and_too_many_are_refused()
    {
        var writer = new ByteWriter();
        EntryFormat.WriteEntries(writer, [Closing(2)]);
        Assert.StartsWith("01" + "050302" + "00" + "05" + "02" + "0B", Convert.ToHexString(writer.Written));
        var reader = new ByteReader(writer.ToArray());
        Assert.Equal<IEnumerable<RequestId>>(Closing(2).Close!.Last, EntryFormat.ReadEntries(ref reader)[0].Close!.Last);
        reader.End();

        EntryFormat.WriteEntries(writer = new ByteWriter(), [Closing(Payload.Close.Max + 1)]);
        Assert.Throws<InvalidDataException>(() => { var r = new ByteReader(writer.ToArray()); EntryFormat.ReadEntries(ref r); });
    }

    // On a connection, a member that was written before takes a byte.
    [Fact]
    public void Closed_origins_that_the_connection_knows_are_read_back()
    {
        var writer = new ByteWriter();
        writer.ShareMembers();
        EntryFormat.WriteEntries(writer, [Closing(100)]);

        var reader = new ByteReader(writer.ToArray());
        reader.ShareMembers([]);

        Assert.Equal<IEnumerable<RequestId>>(Closing(100).Close!.Last, EntryFormat.ReadEntries(ref reader)[0].Close!.Last);
    }

    // Ends of one client, as often as a real entry has clients.
    private static LogEntry Closing(int count)
    {
        var last = Enumerable.Range(1, count).Select(i => new RequestId(Session(0).Origin, i));
        return new(new LogIndex(5), new Term(3), new Serial(2), new Payload.Close([.. last]));
    }

    private static AnsweredRequest Request(long number, long index, long serial) => new(number, new LogIndex(index), new Serial(serial));

    private static SessionState Session(long forgotten, params ImmutableArray<AnsweredRequest> answered) =>
        new(
            new Member(new ProcessName("raft1@node1"), new Incarnation(new Guid(1, 0, 0, new byte[8]))),
            forgotten,
            new Serial(9),
            answered);

    private static byte[] Write(ImmutableArray<SessionState> sessions)
    {
        var writer = new ByteWriter();
        EntryFormat.WriteSessions(writer, sessions);
        return writer.ToArray();
    }

    private static ImmutableArray<SessionState> Read(byte[] bytes)
    {
        var reader = new ByteReader(bytes);
        var sessions = EntryFormat.ReadSessions(ref reader);
        reader.End();
        return sessions;
    }
}
