namespace RaftActors.Dashboard.Tests;

/// <summary>Has texts, which may be secrets.</summary>
internal sealed class Notes : RaftActor<string, string>
{
    protected override string HandleAppend(Entry<string> entry) => entry.Value;
}
