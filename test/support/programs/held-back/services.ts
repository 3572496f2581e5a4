import { PROGRAM_NOW } from '../program.ts';
import { elsewhen, type HeldBack, iso, julian, ms, plain, seconds, some } from './held-back.ts';

/** Services that people run at home. */
export const services: readonly HeldBack[] = [
  {
    name: 'Sonarr',
    ddl: `CREATE TABLE "VersionInfo" ("Version" INTEGER NOT NULL, "AppliedOn" DATETIME, "Description" TEXT);
      CREATE TABLE "Series" ("Id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "TvdbId" INTEGER NOT NULL, "Title" TEXT NOT NULL, "Status" INTEGER NOT NULL, "LastInfoSync" DATETIME, "FirstAired" DATETIME,
        "Added" DATETIME, "LastAired" DATETIME);
      CREATE TABLE "Episodes" ("Id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "SeriesId" INTEGER NOT NULL, "SeasonNumber" INTEGER NOT NULL, "EpisodeNumber" INTEGER NOT NULL, "Title" TEXT, "AirDate" TEXT,
        "AirDateUtc" DATETIME, "Monitored" INTEGER, "LastSearchTime" DATETIME);
      CREATE TABLE "History" ("Id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "EpisodeId" INTEGER NOT NULL, "SeriesId" INTEGER NOT NULL, "SourceTitle" TEXT NOT NULL, "Date" DATETIME NOT NULL, "Quality" TEXT NOT NULL,
        "Data" TEXT NOT NULL, "EventType" INTEGER, "DownloadId" TEXT, "Languages" TEXT NOT NULL);
      CREATE INDEX "IX_History_Date" ON "History" ("Date");
      CREATE TABLE "Blocklist" ("Id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "SeriesId" INTEGER NOT NULL, "SourceTitle" TEXT NOT NULL, "Date" DATETIME NOT NULL, "PublishedDate" DATETIME, "Size" INTEGER);`,
    rows: (at, n) => ({
      History: {
        EpisodeId: 1 + (n % 90),
        SeriesId: 1 + (n % 6),
        SourceTitle: 'x',
        Date: `${plain(at)}.1234567Z`,
        Quality: '{}',
        Data: '{}',
        EventType: 1 + (n % 3),
        DownloadId: `${n}`,
        Languages: '[1]',
      },
      Episodes: {
        SeriesId: 1 + (n % 6),
        SeasonNumber: 1,
        EpisodeNumber: n,
        Title: 'x',
        AirDate: iso(elsewhen(at, n)).slice(0, 10),
        AirDateUtc: `${plain(elsewhen(at, n))}Z`,
        Monitored: 1,
        LastSearchTime: n % 3 ? null : plain(at),
      },
      ...some(n % 6 === 0, {
        Blocklist: {
          SeriesId: 1,
          SourceTitle: 'x',
          Date: `${plain(at)}.5Z`,
          PublishedDate: plain(at - 9 * 86_400_000),
          Size: 900_000_000 + n,
        },
      }),
      ...some(n < 6, {
        Series: {
          TvdbId: 80_000 + n,
          Title: 'x',
          Status: 0,
          LastInfoSync: plain(at + 150 * 86_400_000),
          FirstAired: plain(elsewhen(at, n)),
          Added: plain(at),
          LastAired: plain(at),
        },
      }),
      ...some(n < 40, { VersionInfo: { Version: n, AppliedOn: plain(at), Description: 'x' } }),
    }),
    answers: {
      VersionInfo: '(migrations)',
      Series: '(living)',
      Episodes: '(in_use)',
      History: 'Date',
      Blocklist: 'Date',
    },
  },
  {
    name: 'Jellyfin',
    ddl: `CREATE TABLE ActivityLogs (Id INTEGER NOT NULL CONSTRAINT PK_ActivityLogs PRIMARY KEY AUTOINCREMENT, Name TEXT NOT NULL, Overview TEXT NULL, Type TEXT NOT NULL, UserId TEXT NOT NULL, ItemId TEXT NULL,
        DateCreated TEXT NOT NULL, LogSeverity INTEGER NOT NULL, RowVersion INTEGER NOT NULL);
      CREATE TABLE BaseItems (Id TEXT NOT NULL CONSTRAINT PK_BaseItems PRIMARY KEY, Type TEXT NOT NULL, Name TEXT NULL, PremiereDate TEXT NULL, DateCreated TEXT NULL, DateModified TEXT NULL,
        DateLastRefreshed TEXT NULL, DateLastSaved TEXT NULL, ProductionYear INTEGER NULL);
      CREATE TABLE UserData (ItemId TEXT NOT NULL REFERENCES BaseItems (Id), UserId TEXT NOT NULL, CustomDataKey TEXT NOT NULL, PlayCount INTEGER NOT NULL, LastPlayedDate TEXT NULL, PRIMARY KEY (ItemId, UserId, CustomDataKey));
      CREATE TABLE Devices (Id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, UserId TEXT NOT NULL, AccessToken TEXT NOT NULL, AppName TEXT NOT NULL, DateCreated TEXT NOT NULL, DateModified TEXT NOT NULL, DateLastActivity TEXT NOT NULL);`,
    rows: (at, n) => ({
      ActivityLogs: {
        Name: 'x',
        Type: 'SessionStarted',
        UserId: 'u',
        DateCreated: `${plain(at)}.1234567`,
        LogSeverity: 2,
        RowVersion: 0,
      },
      BaseItems: {
        Id: `i${(n * 7919) % 997}`,
        Type: 'Movie',
        Name: 'x',
        PremiereDate: plain(elsewhen(at, n)),
        DateCreated: plain(at),
        DateModified: plain(elsewhen(at, n + 1)),
        DateLastRefreshed: plain(at + (240 - n) * 57_000_000),
        DateLastSaved: plain(at + (240 - n) * 57_000_000),
        ProductionYear: 1990 + (n % 30),
      },
      UserData: {
        ItemId: `i${(n * 7919) % 997}`,
        UserId: 'u',
        CustomDataKey: 'k',
        PlayCount: n % 3,
        LastPlayedDate: n % 3 ? plain(PROGRAM_NOW - ((n * n * 37) % 997) * 9_000_000) : null,
      },
      ...some(n < 7, {
        Devices: {
          UserId: 'u',
          AccessToken: `t${n}`,
          AppName: 'x',
          DateCreated: plain(at),
          DateModified: plain(at),
          DateLastActivity: plain(at + 86_400_000 * 100),
        },
      }),
    }),
    answers: {
      ActivityLogs: 'DateCreated',
      BaseItems: '(in_use)',
      UserData: '(living)',
      Devices: '(living)',
    },
  },
  {
    name: 'Vaultwarden',
    ddl: `CREATE TABLE users (uuid TEXT NOT NULL PRIMARY KEY, created_at DATETIME NOT NULL, updated_at DATETIME NOT NULL, email TEXT NOT NULL UNIQUE, password_hash BLOB NOT NULL, salt BLOB NOT NULL, last_verifying_at DATETIME);
      CREATE TABLE ciphers (uuid TEXT NOT NULL PRIMARY KEY, created_at DATETIME NOT NULL, updated_at DATETIME NOT NULL, user_uuid TEXT REFERENCES users (uuid), atype INTEGER NOT NULL, name TEXT NOT NULL, data TEXT NOT NULL, deleted_at DATETIME);
      CREATE TABLE event (uuid CHAR(36) NOT NULL PRIMARY KEY, event_type INTEGER NOT NULL, user_uuid CHAR(36), org_uuid CHAR(36), cipher_uuid CHAR(36), device_type INTEGER, ip_address TEXT, event_date DATETIME NOT NULL);
      CREATE TABLE auth_requests (uuid CHAR(36) NOT NULL PRIMARY KEY, user_uuid CHAR(36) NOT NULL, creation_date DATETIME NOT NULL, response_date DATETIME, authentication_date DATETIME);
      CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL, run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP);`,
    rows: (at, n) => ({
      event: {
        uuid: `${(n * 7919) % 997}-e`,
        event_type: 1000,
        user_uuid: 'u0',
        cipher_uuid: null,
        device_type: 9,
        ip_address: '::1',
        event_date: `${plain(at)}.123456`,
      },
      ciphers: {
        uuid: `${(n * 7919) % 997}-c`,
        created_at: plain(at),
        updated_at: plain(at + 4000),
        user_uuid: 'u0',
        atype: 1,
        name: '2.x',
        data: '{}',
        deleted_at: null,
      },
      ...some(n % 5 === 0, {
        auth_requests: {
          uuid: `${n}-a`,
          user_uuid: 'u0',
          creation_date: plain(at),
          response_date: plain(at + 9000),
          authentication_date: null,
        },
      }),
      ...some(n < 2, {
        users: {
          uuid: `u${n}`,
          created_at: plain(at),
          updated_at: plain(at),
          email: `${n}`,
          password_hash: Buffer.from('x'),
          salt: Buffer.from('y'),
        },
      }),
      ...some(n < 30, { __diesel_schema_migrations: { version: `2018010116${n}`, run_on: plain(at) } }),
    }),
    answers: {
      users: '(accounts)',
      ciphers: 'created_at',
      event: 'event_date',
      auth_requests: 'creation_date',
      __diesel_schema_migrations: '(migrations)',
    },
  },
  {
    name: 'Paperless-ngx',
    ddl: `CREATE TABLE documents_document (id integer NOT NULL PRIMARY KEY AUTOINCREMENT, title varchar(128) NOT NULL, content text NOT NULL, created date NOT NULL, modified datetime NOT NULL, added datetime NOT NULL, checksum varchar(32) NOT NULL);
      CREATE TABLE documents_paperlesstask (id integer NOT NULL PRIMARY KEY AUTOINCREMENT, task_id varchar(255) NOT NULL UNIQUE, date_created datetime NULL, date_started datetime NULL, date_done datetime NULL, status varchar(30) NOT NULL);
      CREATE TABLE auditlog_logentry (id integer NOT NULL PRIMARY KEY AUTOINCREMENT, object_pk varchar(255) NOT NULL, action smallint NOT NULL, changes text NOT NULL, timestamp datetime NOT NULL, remote_addr char(39) NULL);
      CREATE TABLE django_session (session_key varchar(40) NOT NULL PRIMARY KEY, session_data text NOT NULL, expire_date datetime NOT NULL);
      CREATE TABLE django_migrations (id integer NOT NULL PRIMARY KEY AUTOINCREMENT, app varchar(255) NOT NULL, name varchar(255) NOT NULL, applied datetime NOT NULL);`,
    rows: (at, n) => ({
      documents_document: {
        title: 'x',
        content: 'x',
        created: iso(elsewhen(at, n)).slice(0, 10),
        modified: plain(at + 5000),
        added: `${plain(at)}.123456`,
        checksum: `${n}`,
      },
      documents_paperlesstask: {
        task_id: `${n}`,
        date_created: plain(at),
        date_started: plain(at + 900),
        date_done: n % 7 ? plain(at + 4000) : null,
        status: 'SUCCESS',
      },
      auditlog_logentry: {
        object_pk: `${n}`,
        action: 0,
        changes: '{}',
        timestamp: `${plain(at)}.5`,
        remote_addr: '::1',
      },
      ...some(n < 4, {
        django_session: { session_key: `${n}`, session_data: 'x', expire_date: plain(at + 200 * 86_400_000) },
      }),
      ...some(n < 90, { django_migrations: { app: 'documents', name: 'x', applied: plain(at) } }),
    }),
    answers: {
      documents_document: 'added',
      documents_paperlesstask: 'date_created',
      auditlog_logentry: 'timestamp',
      django_session: null,
      django_migrations: '(migrations)',
    },
  },
  {
    name: 'Authelia',
    ddl: `CREATE TABLE authentication_logs (id INTEGER PRIMARY KEY AUTOINCREMENT, time TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, successful BOOLEAN NOT NULL, banned BOOLEAN NOT NULL DEFAULT FALSE, username VARCHAR(100) NOT NULL,
        auth_type VARCHAR(8) NOT NULL, remote_ip VARCHAR(47), request_uri TEXT);
      CREATE TABLE totp_configurations (id INTEGER PRIMARY KEY AUTOINCREMENT, created_at DATETIME NOT NULL, last_used_at DATETIME NULL, username VARCHAR(100) NOT NULL, secret BLOB NOT NULL);
      CREATE TABLE migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, applied TIMESTAMP NOT NULL, version_before INTEGER, version_after INTEGER NOT NULL, application_version VARCHAR(128) NOT NULL);`,
    rows: (at, n) => ({
      authentication_logs: {
        time: `${plain(at)}.123456789+00:00`,
        successful: 1,
        banned: 0,
        username: 'john',
        auth_type: '1FA',
        remote_ip: '::1',
        request_uri: '/',
      },
      ...some(n < 3, {
        totp_configurations: {
          created_at: plain(at),
          last_used_at: plain(at + 150 * 86_400_000),
          username: `${n}`,
          secret: Buffer.from('x'),
        },
      }),
      ...some(n < 9, {
        migrations: {
          applied: plain(at),
          version_before: n,
          version_after: n + 1,
          application_version: '4.38',
        },
      }),
    }),
    answers: { authentication_logs: 'time', totp_configurations: '(accounts)', migrations: '(migrations)' },
  },
  {
    name: 'Frigate',
    ddl: `CREATE TABLE event (id VARCHAR(30) NOT NULL PRIMARY KEY, label VARCHAR(20) NOT NULL, camera VARCHAR(20) NOT NULL, start_time DATETIME NOT NULL, end_time DATETIME, top_score REAL NOT NULL, zones JSON NOT NULL);
      CREATE TABLE recordings (id VARCHAR(30) NOT NULL PRIMARY KEY, camera VARCHAR(20) NOT NULL, path VARCHAR(255) NOT NULL, start_time DATETIME NOT NULL, end_time DATETIME NOT NULL, duration REAL NOT NULL, motion INTEGER, segment_size REAL DEFAULT 0);
      CREATE TABLE timeline (timestamp DATETIME NOT NULL, camera VARCHAR(20) NOT NULL, source VARCHAR(20) NOT NULL, source_id VARCHAR(30) NOT NULL, class_type VARCHAR(50) NOT NULL, data JSON NOT NULL);
      CREATE TABLE migratehistory (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(255) NOT NULL, migrated_at DATETIME NOT NULL);`,
    rows: (at, n) => ({
      event: {
        id: `${at / 1000}-x`,
        label: 'person',
        camera: 'door',
        start_time: at / 1000,
        end_time: n % 50 ? at / 1000 + 9 : null,
        top_score: 0.8,
        zones: '[]',
      },
      recordings: {
        id: `${at / 1000}-r`,
        camera: 'door',
        path: '/x',
        start_time: at / 1000,
        end_time: at / 1000 + 10,
        duration: 10,
        motion: n,
        segment_size: 2.5,
      },
      timeline: {
        timestamp: at / 1000,
        camera: 'door',
        source: 'tracked_object',
        source_id: `${at / 1000}-x`,
        class_type: 'visible',
        data: '{}',
      },
      ...some(n < 30, { migratehistory: { name: `0${n}`, migrated_at: plain(at) } }),
    }),
    answers: {
      event: 'start_time',
      recordings: 'start_time',
      timeline: 'timestamp',
      migratehistory: '(migrations)',
    },
  },
  {
    name: 'Anki',
    ddl: `CREATE TABLE revlog (id integer PRIMARY KEY, cid integer NOT NULL, usn integer NOT NULL, ease integer NOT NULL, ivl integer NOT NULL, lastIvl integer NOT NULL, factor integer NOT NULL, time integer NOT NULL, type integer NOT NULL);
      CREATE TABLE cards (id integer PRIMARY KEY, nid integer NOT NULL, did integer NOT NULL, mod integer NOT NULL, usn integer NOT NULL, due integer NOT NULL, ivl integer NOT NULL, data text NOT NULL);`,
    rows: (at, n) => ({
      revlog: {
        id: ms(at),
        cid: ms(at - (n % 90) * 86_400_000),
        usn: n,
        ease: 3,
        ivl: n % 90,
        lastIvl: 1,
        factor: 2500,
        time: 4000 + n * 13,
        type: 1,
      },
      ...some(n < 60, {
        cards: {
          id: ms(at),
          nid: ms(at),
          did: 1,
          mod: seconds(at + 110 * 86_400_000),
          usn: n,
          due: 300 + n,
          ivl: n,
          data: '',
        },
      }),
    }),
    answers: { revlog: 'id', cards: '(living)' },
  },
  {
    name: 'Tautulli',
    ddl: `CREATE TABLE session_history (id INTEGER PRIMARY KEY AUTOINCREMENT, reference_id INTEGER, started INTEGER, stopped INTEGER, rating_key INTEGER, user_id INTEGER, user TEXT, media_type TEXT, view_offset INTEGER DEFAULT 0);
      CREATE TABLE session_history_metadata (id INTEGER PRIMARY KEY, rating_key INTEGER, title TEXT, year INTEGER, originally_available_at TEXT, added_at INTEGER, updated_at INTEGER, last_viewed_at INTEGER, duration INTEGER DEFAULT 0);`,
    rows: (at, n) => ({
      session_history: {
        reference_id: n + 1,
        started: seconds(at),
        stopped: seconds(at) + 1800,
        rating_key: 40_000 + (n % 50),
        user_id: 1,
        user: 'x',
        media_type: 'episode',
        view_offset: 1_200_000 + n,
      },
      session_history_metadata: {
        id: n + 1,
        rating_key: 40_000 + (n % 50),
        title: 'x',
        year: 2010 + (n % 9),
        originally_available_at: iso(elsewhen(at, n)).slice(0, 10),
        added_at: seconds(elsewhen(at, n + 3)),
        updated_at: seconds(elsewhen(at, n + 3) + 5000),
        last_viewed_at: n % 3 ? null : seconds(at),
        duration: 1_800_000,
      },
    }),
    answers: { session_history: 'started', session_history_metadata: '(living)' },
  },
  {
    name: 'PhotoPrism and Nextcloud (times of files)',
    ddl: `CREATE TABLE photos (id integer PRIMARY KEY AUTOINCREMENT, photo_uid VARBINARY(42), taken_at datetime, taken_at_local datetime, photo_title TEXT, created_at datetime, updated_at datetime, checked_at datetime, deleted_at datetime);
      CREATE TABLE oc_filecache (fileid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, storage BIGINT NOT NULL, path VARCHAR(4000), name VARCHAR(250), size BIGINT NOT NULL, mtime BIGINT NOT NULL, storage_mtime BIGINT NOT NULL, etag VARCHAR(40));
      CREATE TABLE oc_activity (activity_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, timestamp INTEGER NOT NULL, priority INTEGER NOT NULL, type VARCHAR(255), user VARCHAR(64), app VARCHAR(32) NOT NULL, file VARCHAR(4000));`,
    rows: (at, n) => ({
      photos: {
        photo_uid: `p${n}`,
        taken_at: plain(elsewhen(at, n)),
        taken_at_local: plain(elsewhen(at, n)),
        photo_title: 'x',
        created_at: `${plain(at)}.123456789+00:00`,
        updated_at: plain(at + 4000),
        checked_at: plain(at + 90_000),
        deleted_at: null,
      },
      oc_filecache: {
        storage: 1,
        path: `files/${n}`,
        name: `${n}`,
        size: n * 99_991,
        mtime: seconds(elsewhen(at, n)),
        storage_mtime: seconds(elsewhen(at, n)),
        etag: `${n}`,
      },
      oc_activity: {
        timestamp: seconds(at),
        priority: 30,
        type: 'file_created',
        user: 'x',
        app: 'files',
        file: '/x',
      },
    }),
    answers: { photos: 'created_at', oc_filecache: null, oc_activity: 'timestamp' },
  },
  {
    name: 'FreshRSS',
    ddl: `CREATE TABLE entry (id BIGINT NOT NULL, guid VARCHAR(767) NOT NULL, title VARCHAR(8192) NOT NULL, content TEXT, link VARCHAR(16383) NOT NULL, date BIGINT, lastSeen BIGINT DEFAULT 0, hash BINARY(16), is_read BOOLEAN NOT NULL DEFAULT 0,
        id_feed INTEGER, tags VARCHAR(2048), PRIMARY KEY (id), UNIQUE (id_feed, guid));
      CREATE TABLE feed (id INTEGER PRIMARY KEY AUTOINCREMENT, url VARCHAR(32768) NOT NULL, name VARCHAR(191) NOT NULL, lastUpdate BIGINT DEFAULT 0, ttl INT NOT NULL DEFAULT 0);`,
    rows: (at, n) => ({
      entry: {
        id: BigInt(at) * 1000n + BigInt(n),
        guid: `${n}`,
        title: 'x',
        content: 'x',
        link: 'x',
        date: seconds(at - ((n * 7919) % 9) * 3_600_000),
        lastSeen: seconds(at + 60 * 86_400_000),
        is_read: 0,
        id_feed: 1 + (n % 5),
      },
      ...some(n < 5, {
        feed: { url: `${n}`, name: 'x', lastUpdate: seconds(at + 150 * 86_400_000), ttl: 0 },
      }),
    }),
    answers: { entry: '(living)', feed: null },
  },
  {
    name: 'Fossil (Julian days) and a spreadsheet (days since 1900)',
    ddl: `CREATE TABLE rcvfrom (rcvid INTEGER PRIMARY KEY, uid INTEGER, mtime DATETIME, nonce TEXT UNIQUE, ipaddr TEXT);
      CREATE TABLE event (type TEXT, mtime DATETIME, objid INTEGER PRIMARY KEY, tagid INTEGER, uid INTEGER, bgcolor TEXT, euser TEXT, user TEXT, ecomment TEXT, comment TEXT, omtime DATETIME);
      CREATE TABLE accesslog (uname TEXT, ipaddr TEXT, success BOOLEAN, mtime REAL);
      CREATE TABLE orders (order_no INTEGER, order_date REAL, customer TEXT);`,
    rows: (at, n) => ({
      rcvfrom: { uid: 1, mtime: julian(at), nonce: `${n}`, ipaddr: '::1' },
      event: {
        type: 'ci',
        mtime: julian(at),
        objid: n * 3 + 1,
        uid: 1,
        user: 'x',
        comment: 'x',
        omtime: julian(at),
      },
      accesslog: { uname: 'x', ipaddr: '::1', success: 1, mtime: julian(at) },
      orders: { order_no: n, order_date: at / 86_400_000 + 25_569, customer: 'x' },
    }),
    answers: { rcvfrom: 'mtime julian', event: 'mtime julian', accesslog: 'mtime julian', orders: null },
  },
];
