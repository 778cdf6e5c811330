namespace RaftActors.Simulator;

/// <summary>Counts of one seed or of many.</summary>
internal sealed class Totals
{
    public long Seeds { get; set; }

    public long Messages { get; set; }

    /// <summary>The most messages that were under way at a time.</summary>
    public int UnderWayMost { get; set; }

    public long Crashes { get; set; }

    public long Elections { get; set; }

    public long Commits { get; set; }

    public long Snapshots { get; set; }

    /// <summary>Messages with entries that a leader no longer had in memory.</summary>
    public long PagesRead { get; set; }

    public long MembershipChanges { get; set; }

    /// <summary>Decisions of leaders for other voters; the first of a group is its founding.</summary>
    public long VoterChanges { get; set; }

    /// <summary>Times that a process became quiescent.</summary>
    public long Quiesced { get; set; }

    public long Reads { get; set; }

    public long Histories { get; set; }

    /// <summary>The pairs of features that met.</summary>
    public Meetings Meetings { get; } = new();

    public void Add(Totals other)
    {
        Seeds += other.Seeds;
        Messages += other.Messages;
        UnderWayMost = Math.Max(UnderWayMost, other.UnderWayMost);
        Crashes += other.Crashes;
        Elections += other.Elections;
        Commits += other.Commits;
        Snapshots += other.Snapshots;
        PagesRead += other.PagesRead;
        MembershipChanges += other.MembershipChanges;
        VoterChanges += other.VoterChanges;
        Quiesced += other.Quiesced;
        Reads += other.Reads;
        Histories += other.Histories;
        Meetings.Add(other.Meetings);
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Seeds} seeds, {Messages} messages delivered and at most {UnderWayMost} under way, {Crashes} crashes, {Elections} elections, "
        + $"{Commits} commits, {Snapshots} snapshots installed, {PagesRead} pages read, {MembershipChanges} configurations, "
        + $"{Quiesced} times quiescent, {Reads} reads, {Histories} histories checked";
}
