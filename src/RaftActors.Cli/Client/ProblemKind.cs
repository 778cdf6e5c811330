namespace RaftActors.Cli.Client;

/// <summary>The values of <see cref="GroupProblem.Kind"/> that commands act on.</summary>
internal static class ProblemKind
{
    public const string Failed = "Failed";
    public const string Opening = "Opening";
    public const string Fenced = "Fenced";
    public const string Founding = "Founding";
    public const string Waiting = "Waiting";
    public const string Removed = "Removed";
    public const string NameConflict = "NameConflict";
    public const string ContractConflict = "ContractConflict";
    public const string Diverged = "Diverged";
    public const string KnowsNoLeader = "KnowsNoLeader";
    public const string Behind = "Behind";
    public const string ReachesFew = "ReachesFew";
    public const string Silent = "Silent";
}
