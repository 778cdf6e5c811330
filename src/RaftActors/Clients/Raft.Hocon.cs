using System.Runtime.CompilerServices;

using Akka.Configuration;

using RaftActors.Settings;

namespace RaftActors;

/// <content>The check of settings.</content>
public sealed partial class Raft
{
    // Kept, because the start of a node checks one section several times.
    private static readonly ConditionalWeakTable<string, SettingTable> Tables = [];

    /// <summary>
    /// Checks HOCON that a user has written, and reads it. <see cref="ConfigurationFactory.ParseString(string)"/> of Akka.NET does not end
    /// on some wrong texts, such as <c>roster = [seats@node1]</c> without quotes, and silently misreads others. The time is proportional to
    /// the length of the text. Thread-safe.
    /// </summary>
    /// <param name="text">
    /// HOCON as Akka.NET reads it, of at most 1,048,576 characters. Without <c>include</c> and <c>${...}</c>, whose cycles would end the
    /// process.
    /// </param>
    /// <param name="source">The origin of the text for error messages, such as the name of a file.</param>
    /// <exception cref="RaftConfigurationException">
    /// The text is wrong. The message names the source, the line, the column (both from 1) and the remedy.
    /// </exception>
    public static Config ParseHocon(string text, string source = "HOCON")
    {
        ArgumentNullException.ThrowIfNull(text);
        HoconCheck.Demand(text, source);
        try
        {
            // Without the line break, Akka.NET does not recognise a comment that begins with the last character.
            return ConfigurationFactory.ParseString(text + '\n');
        }
        catch (Exception problem)
        {
            throw new RaftConfigurationException($"{source}: {problem.Message}", problem);
        }
    }

    /// <summary>
    /// Checks the settings of <c>raft</c>, as the start of a raft actor does. A bound that depends on a setting which the configuration
    /// lacks is not checked. Thread-safe.
    /// </summary>
    /// <param name="config">The whole configuration, with or without the defaults.</param>
    /// <exception cref="RaftConfigurationException">
    /// A key is unknown, or a value is wrong. The message names the setting, its value and the rule.
    /// </exception>
    public static void Check(Config config) => SettingTable.OfRaft.Check(config);

    /// <summary>
    /// Checks the settings of a library on RaftActors by the rules in the comments of its own reference.conf, as RaftActors.Coordination
    /// does. Otherwise like <see cref="Check"/>.
    /// </summary>
    /// <param name="config">The whole configuration, with or without the defaults.</param>
    /// <param name="reference">The text of the reference.conf, whose settings have one root.</param>
    /// <exception cref="RaftConfigurationException">As in <see cref="Check"/>.</exception>
    public static void CheckLibrary(Config config, string reference) =>
        Tables.GetValue(reference, text => new SettingTable(text)).Check(config);
}
