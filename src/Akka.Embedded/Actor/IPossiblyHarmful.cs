namespace Akka.Actor;

/// <summary>A message that remoting in untrusted mode would not let in.</summary>
public interface IPossiblyHarmful
{
}
