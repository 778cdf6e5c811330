using Spectre.Console.Rendering;

namespace RaftActors.Cli.Client.Top;

/// <summary>One table of <c>raft top</c>, in its three forms.</summary>
internal interface ITopTable
{
    void WriteText(TextWriter output);

    /// <param name="height">Lines of the terminal.</param>
    IRenderable ForTerminal(int height);

    void WriteJson(TextWriter output);
}
