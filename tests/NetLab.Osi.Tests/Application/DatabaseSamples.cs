using static NetLab.Osi.Tests.Application.SampleBytes;

namespace NetLab.Osi.Tests.Application;

/// <summary>Messages of databases, caches and brokers.</summary>
internal static class DatabaseSamples
{
    public static IEnumerable<ProtocolSample> All =>
    [
        new("pgsql", "tcp 5432", "> 00000010 00030000 \"user\" 00 \"a\" 00 00 < \"R\" 00000008 00000000 \"Z\" 00000005 \"I\" > \"Q\" 0000000E \"SELECT 1;\" 00 < \"C\" 0000000D \"SELECT 1\" 00",
            "pgsql.type=Startup_message pgsql.parameter=user pgsql.value=a pgsql.type=Authentication_request pgsql.status=73 pgsql.query=SELECT_1; pgsql.tag=SELECT_1"),
        new("pgsql", "tcp 5432", "> 00000008 04D2162F < \"N\" > 00000010 00030000 \"user\" 00 \"b\" 00 00 < \"E\" 00000017 \"SFATAL\" 00 \"C28000\" 00 \"Mno\" 00 00",
            "pgsql.type=SSL_request pgsql.value=b pgsql.severity=FATAL pgsql.code=28000 pgsql.message=no"),
        new("pgsql", "tcp 5432", "< \"R\" 00000017 0000000A \"SCRAM-SHA-256\" 00 00 > \"p\" 0000000A \"SCRAM\" 00 < \"R\" 0000000A 0000000B \"r=\" > \"p\" 00000006 \"c=\"",
            "pgsql.type=SASLInitialResponse_message pgsql.type=SASLResponse_message"),
        new("mysql", "tcp 3306", $"< 090000 00 0A \"8.0\" 00 01000000 > 250000 01 08800008 00000001 21 {new string('0', 46)} \"b\" 00 00 \"d\" 00 > 0B0000 00 03 00 01 \"SELECT 2\"",
            "mysql.user=b mysql.query=SELECT_2"),
        new("mysql", "tcp 3306", $"< 090000 00 0A \"8.0\" 00 01000000 > 280000 01 08800000 00000001 21 {new string('0', 46)} \"bob\" 00 00 \"db\" 00 > 090000 00 03 \"SELECT 1\" < 0B0000 01 FF 1504 \"#28000no\"",
            "mysql.version=8.0 mysql.user=bob mysql.schema=db mysql.command=3 mysql.query=SELECT_1 mysql.error=1045 mysql.message=no"),
        new("resp", "tcp 6379", "> \"*2\" 0D0A \"$3\" 0D0A \"GET\" 0D0A \"$1\" 0D0A \"k\" 0D0A < \"+OK\" 0D0A \":5\" 0D0A \"$-1\" 0D0A", "resp.array=2 resp.bulk=GET resp.bulk=k resp.string=OK resp.integer=5"),
        new("resp", "tcp 40300", "> \"*1\" 0D0A \"$4\" 0D0A \"PING\" 0D0A < \"-ERR\" 0D0A", "resp.bulk=PING resp.error=ERR"),
        new("ntlmssp", "tcp 1433",
            "> 10 01 0072 0000 01 00" + new string('0', 2 * 78) + "5E00 0C00" + new string('0', 2 * 12) + "4E544C4D53535000 01000000 < 04 01 0017 0000 01 00 ED 0C00 4E544C4D53535000 02000000"
                + "> 11 01 0014 0000 02 00 4E544C4D53535000 03000000",
            "tds.type=16 ntlmssp.type=1 tds.type=4 ntlmssp.type=2 tds.type=17 ntlmssp.type=3"),
        new("tds", "tcp 1433", $"> 01 01 0018 0000 01 00 {Wide("SELECT 1")}", "tds.type=1 tds.end=True tds.length=24 tds.query=SELECT_1"),
        new("mongo", "tcp 27017", "> 24000000 01000000 00000000 DD070000 00000000 00 0F000000 10 \"ping\" 00 01000000 00", "mongo.length=36 mongo.request=1 mongo.opcode=2013 mongo.command=ping"),
        new("cql", "tcp 9042", "> 04 00 0001 07 0000000F 00000008 \"SELECT 1\" 0001 00 < 84 00 0001 00 00000006 00002000 0000", "cql.version=4 cql.opcode=7 cql.query=SELECT_1 cql.opcode=0 cql.error=8192"),
        new("kafka", "tcp 9092", "> 0000000E 0012 0000 00000007 0004 \"test\" < 00000004 00000007", "kafka.api=18 kafka.correlation=7 kafka.client=test kafka.correlation=7"),
        new("amqp", "tcp 5672", "> \"AMQP\" 00000901 > 01 0001 0000000D 003C 0028 0000 02 \"ex\" 02 \"rk\" 00 CE > 02 0001 0000000E 003C 0000 0000000000000005 0000 CE",
            "amqp.class=60 amqp.method=40 amqp.exchange=ex amqp.routing_key=rk amqp.content_class=60 amqp.body_size=5"),
        new("memcache", "tcp 11211", "> \"set k 0 0 2\" 0D0A \"hi\" 0D0A < \"STORED\" 0D0A > \"get k\" 0D0A < \"VALUE k 0 2\" 0D0A \"hi\" 0D0A \"END\" 0D0A",
            "memcache.command=set memcache.key=k memcache.response=STORED memcache.command=get memcache.response=VALUE memcache.response=END"),
        new("memcache", "tcp 11211", "> 80 00 0001 00 00 0000 00000001 00000009 0000000000000000 \"k\"", "memcache.opcode=0 memcache.opaque=9 memcache.key=k"),
    ];
}
